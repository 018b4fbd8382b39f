import type { Channel } from '../content/channels.ts'
import type { ManyChat } from '../manychat/client.ts'
import { readCustomFields } from '../manychat/custom-fields.ts'
import type { Call, Log } from './call.ts'
import type { Claims } from './claims.ts'
import type { Contact } from './contact.ts'
import type { Block } from './define.ts'
import type { Verbs } from './verbs.ts'

/** One call of ManyChat, read and authenticated. */
export interface Entry {
  name: string
  block: Block
  /** null when the block opens. */
  step: string | null
  state?: unknown
  id: string
  attempt: number
  contact: Contact
  page: string | null
  channel: Channel
  input: string | null
  extras: Record<string, unknown>
  /** The listener that this message came by; it is renewed when the message can't be answered. */
  listener?: Claims
  log: ParentLog
}

/** The server's log, which makes one for each call. */
interface ParentLog {
  child(bindings: object): Log
}

/** What a call asks for what it doesn't hold. */
export interface Sources {
  makeVerbs(entry: Entry): Verbs
  clientFor(page: string | null): ManyChat
}

/**
 * A call under way: the `Call` that its handler is given, and what the runner needs beside it. Verbs, log and abort
 * controller are made when they are first used, as most handlers need few of them. A class, since an object literal with
 * getters costs as much as all the rest of a call: V8 gives each of them a shape of its own.
 */
export class Work implements Call {
  readonly contact: Contact
  readonly page: string | null
  readonly channel: Channel
  readonly input: string | null
  readonly state: unknown
  readonly extras: Record<string, unknown>
  readonly id: string
  readonly attempt: number
  readonly #entry: Entry
  readonly #sources: Sources
  #verbs: Verbs | undefined
  #controller: AbortController | undefined
  #log: Log | undefined

  constructor(entry: Entry, sources: Sources) {
    this.contact = entry.contact
    this.page = entry.page
    this.channel = entry.channel
    this.input = entry.input
    this.state = entry.state
    this.extras = entry.extras
    this.id = entry.id
    this.attempt = entry.attempt
    this.#entry = entry
    this.#sources = sources
  }

  get tap(): Call['tap'] {
    return this.verbs.tap
  }

  get tapReply(): Call['tapReply'] {
    return this.verbs.tapReply
  }

  get listen(): Call['listen'] {
    return this.verbs.listen
  }

  get menu(): Call['menu'] {
    return this.verbs.menu
  }

  get manychat(): ManyChat {
    return this.#sources.clientFor(this.page)
  }

  get fullContact(): Call['fullContact'] {
    return async () => (this.#entry.step === null ? this.contact : readFullContact(this.contact, this.manychat))
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  get log(): Log {
    const { log, id: call, name: block, step, channel } = this.#entry
    this.#log ??= log.child({ call, block, step, channel })
    return this.#log
  }

  get verbs(): Verbs {
    this.#verbs ??= this.#sources.makeVerbs(this.#entry)
    return this.#verbs
  }

  /** Whether the handler made no callback. */
  get isQuiet(): boolean {
    return this.#verbs === undefined
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }
}

/** The Public API lists custom fields where Full Contact Data has an object: a block sees the latter in both. */
async function readFullContact({ id }: Contact, manychat: ManyChat): Promise<Contact> {
  const subscriber = await manychat.subscriber.getInfo({ subscriber_id: id })
  return { ...subscriber, id, custom_fields: Object.fromEntries(readCustomFields(subscriber.custom_fields)) }
}
