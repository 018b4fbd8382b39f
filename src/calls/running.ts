import type { Call } from '../blocks/call.ts'
import type { Contact } from '../blocks/contact.ts'
import type { Block } from '../blocks/define.ts'
import type { Log, ParentLog } from '../log.ts'
import type { ManyChat } from '../manychat/client.ts'
import { readCustomFields } from '../manychat/custom-fields.ts'
import type { CallRecord } from './record.ts'
import { type Rooms, refuseMemory, type Turn } from './turn.ts'
import { choice, type Issuer, listen, menu, type SealingTools, tap, tapReply } from './verbs.ts'

/** What all calls share. */
export interface CallTools extends SealingTools {
  /** Returns the client of a page, or throws a coded error that says how to configure one. */
  clientFor(page: string | null): ManyChat
  /** The server's log; each call gets a child of it. */
  log: Pick<ParentLog, 'child'>
  rooms: Rooms
}

/** A call in progress: its record, what its handler gets, and how to abort it. */
export interface RunningCall {
  readonly record: CallRecord
  readonly block: Block
  readonly call: Call
  readonly issuer: Issuer
  readonly signal: AbortSignal
  /** Only in a block with memory. */
  readonly turn: Turn | undefined
  abort(reason: Error): void
}

export interface StartOptions {
  block: Block
  /** 1 for the first run, and one more for each rerun. */
  attempt: number
  tools: CallTools
}

/**
 * Makes everything in `call` an own property, so that `{ ...call }` has it too. The log and the page's client, which most
 * handlers don't use, are made on first use.
 */
export function startCall(record: CallRecord, { block, attempt, tools }: StartOptions): RunningCall {
  const { contact, page, channel, input, state, extras, id, step } = record
  const controller = new AbortController()
  const { signal } = controller
  const manychat = new PageClient(page, tools)
  const issuer: Issuer = { record, block, tools, issued: undefined }
  const turn = block.memory && tools.rooms.open(record, { memory: block.memory, signal })
  const call: Call = {
    contact,
    page,
    channel,
    input,
    state,
    extras,
    id,
    attempt,
    signal,
    log: new CallLog(record, tools.log),
    manychat,
    fullContact: async () => (step === null ? contact : readFullContact(contact, manychat)),
    memory: turn?.memory ?? (() => refuseMemory(record)),
    remember: turn?.remember ?? (() => refuseMemory(record)),
    forgetContact: turn?.forget ?? (() => tools.rooms.forget(record)),
    tap: (caption, to, ...[state]) => tap(issuer, caption, to, state),
    tapReply: (caption, to, ...[state]) => tapReply(issuer, caption, to, state),
    listen: (to, ...[state, options]) => listen(issuer, to, state, options),
    menu: (prompt, choices, options) => menu(issuer, prompt, choices, options),
    choice,
  }
  return { record, block, call, issuer, signal, turn, abort: reason => controller.abort(reason) }
}

/** The Public API sends custom fields as a list, Full Contact Data as an object: a block gets the object in both cases. */
async function readFullContact({ id }: Contact, manychat: ManyChat): Promise<Contact> {
  const subscriber = await manychat.subscriber.getInfo({ subscriber_id: id })
  return { ...subscriber, id, custom_fields: Object.fromEntries(readCustomFields(subscriber.custom_fields)) }
}

/** The client of the page. If there is no key for it, only using an operation fails. */
class PageClient implements ManyChat {
  readonly #page: string | null
  readonly #tools: CallTools

  constructor(page: string | null, tools: CallTools) {
    this.#page = page
    this.#tools = tools
  }

  get page(): ManyChat['page'] {
    return this.#client().page
  }

  get subscriber(): ManyChat['subscriber'] {
    return this.#client().subscriber
  }

  get sending(): ManyChat['sending'] {
    return this.#client().sending
  }

  get template(): ManyChat['template'] {
    return this.#client().template
  }

  #client(): ManyChat {
    return this.#tools.clientFor(this.#page)
  }
}

/** A log whose lines name the call. */
class CallLog implements Log {
  readonly #record: CallRecord
  readonly #parent: CallTools['log']
  #log: Log | undefined

  constructor(record: CallRecord, parent: CallTools['log']) {
    this.#record = record
    this.#parent = parent
  }

  debug(...line: unknown[]): void {
    this.#write('debug', line)
  }

  info(...line: unknown[]): void {
    this.#write('info', line)
  }

  warn(...line: unknown[]): void {
    this.#write('warn', line)
  }

  error(...line: unknown[]): void {
    this.#write('error', line)
  }

  #write(level: keyof Log, line: unknown[]): void {
    const { id: call, block, step, channel } = this.#record
    this.#log ??= this.#parent.child({ call, block, step, channel })
    Reflect.apply(this.#log[level], this.#log, line)
  }
}
