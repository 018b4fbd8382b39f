import type { Channel } from '../content/channels.ts'
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
  readonly #makeVerbs: () => Verbs
  #verbs: Verbs | undefined
  #controller: AbortController | undefined
  #log: Log | undefined

  constructor(entry: Entry, makeVerbs: () => Verbs) {
    this.contact = entry.contact
    this.page = entry.page
    this.channel = entry.channel
    this.input = entry.input
    this.state = entry.state
    this.extras = entry.extras
    this.id = entry.id
    this.attempt = entry.attempt
    this.#entry = entry
    this.#makeVerbs = makeVerbs
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
    this.#verbs ??= this.#makeVerbs()
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
