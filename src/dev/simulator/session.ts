/** One conversation of the simulator, and the pages that watch it. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'
import type { SendView } from '../../sends/send-view.ts'
import { readAnswer } from '../conversation/answer.ts'
import { type Conversation, createConversation, type Opening } from '../conversation/conversation.ts'
import type { Fixture } from '../conversation/fixture.ts'
import type { Saved } from '../conversation/state.ts'
import type { Carry } from '../conversation/wire.ts'
import type { ApiCall } from '../fake-api/fake-api.ts'
import { recordSteps } from './fixture.ts'

export interface SessionOptions {
  id: string
  block: string
  channel: Channel
  contact: Contact
  saved?: Saved | undefined
  open: Opening
  request: Carry
  now: () => number
  allowLoopback: boolean
  publicUrl: string
  /** When it began, by the system's clock: earlier sends belong to another conversation. */
  since: number
}

/** The whole state, sent to watchers after each change. */
export interface SessionState {
  id: string
  block: string
  since: number
  /** Another server can continue from it. Holds no secret. */
  saved: Saved
  listenUntil: number | null
  windowUntil: number | null
  /** Calls of the Public API about this contact, oldest first. */
  calls: ApiCall[]
  sends: SendView[]
}

export type Session = ReturnType<typeof createSession>

const maxCalls = 200

export function createSession({ id, block, publicUrl, since, saved, ...options }: SessionOptions) {
  const { contact: contactAtStart } = options
  const watchers = new Set<() => void>()
  const calls: ApiCall[] = []
  let sends: SendView[] = []
  let isNotifying = false
  const conversation: Conversation = createConversation({
    ...options,
    ...(saved && { saved: endOpenRequests(saved) }),
    onEvent: notify,
  })
  return {
    id,
    conversation,
    state,
    record,
    watch,
    isWatched: () => watchers.size > 0,
    notify,
    addCall,
    isAbout,
    setSends,
  }

  function state(): SessionState {
    const { listener, windowUntil } = conversation.screen()
    const listenUntil = listener?.until ?? null
    return { id, block, since, saved: conversation.save(), listenUntil, windowUntil, calls, sends }
  }

  function record(): Fixture {
    const steps = recordSteps(conversation.events, publicUrl)
    return { dynablock: 'conversation', block, channel: options.channel, contact: { ...contactAtStart }, steps }
  }

  function watch(watcher: () => void): () => void {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  }

  /** Notifies the watchers once of everything that happens in the same tick. */
  function notify(): void {
    if (isNotifying) return
    isNotifying = true
    queueMicrotask(() => {
      isNotifying = false
      for (const watcher of watchers) watcher()
    })
  }

  /** Whether a call is about this contact, or about its page. */
  function isAbout({ page, params }: ApiCall): boolean {
    const { contact } = conversation
    if (params.subscriber_id !== undefined) return String(params.subscriber_id) === contact.id
    return page === contact.page_id || !/^\d+$/.test(page)
  }

  function addCall(call: ApiCall): void {
    calls.splice(0, calls.length - maxCalls + 1)
    calls.push(call)
    notify()
  }

  function setSends(listed: SendView[]): void {
    const next = listed.filter(({ created_at }) => Date.parse(created_at) >= since)
    if (JSON.stringify(next) === JSON.stringify(sends)) return
    sends = next
    notify()
  }
}

/** Ends the requests that were unanswered when the state was saved: the server that would have answered is gone. */
function endOpenRequests(saved: Saved): Saved {
  const answered = new Set(saved.events.flatMap(event => (event.kind === 'response' ? event.request : [])))
  const open = saved.events.filter(({ kind, id }) => kind === 'request' && !answered.has(id))
  const response = { failed: 'reset' as const, ms: 0 }
  const verdict = readAnswer(response, { channel: saved.channel, allowLoopback: true })
  const ends = open.map(({ id, at }, index) => ({
    id: saved.events.length + index + 1,
    at,
    kind: 'response' as const,
    request: id,
    response,
    ...verdict,
  }))
  return { ...saved, events: [...saved.events, ...ends] }
}
