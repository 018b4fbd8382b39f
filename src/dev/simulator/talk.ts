/** One conversation of the simulator, and those who watch it. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'
import { type Conversation, createConversation, type Opening } from '../conversation/conversation.ts'
import type { Saved } from '../conversation/state.ts'
import type { Carry } from '../conversation/wire.ts'
import type { ApiCall } from '../fake-api/fake-api.ts'
import { type Fixture, recordSteps } from './fixture.ts'
import type { ListedSend } from './sends-watch.ts'

export interface TalkOptions {
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
  /** When it began by the system's clock: sends before that are of another one. */
  since: number
}

/** What a watcher is shown, whole each time. */
export interface TalkState {
  id: string
  block: string
  since: number
  /** Can be given to another server to go on from, and holds no secret. */
  saved: Saved
  listenUntil: number | null
  windowUntil: number | null
  /** Calls of the Public API that concern this contact. */
  calls: ApiCall[]
  sends: ListedSend[]
}

export type Talk = ReturnType<typeof createTalk>

const mostCalls = 200

export function createTalk({ id, block, publicUrl, since, saved, ...options }: TalkOptions) {
  const { contact: contactAtStart } = options
  const watchers = new Set<() => void>()
  const calls: ApiCall[] = []
  let sends: ListedSend[] = []
  let isTold = true
  const conversation: Conversation = createConversation({
    ...options,
    ...(saved && { saved: withoutOpenEnds(saved) }),
    onEvent: tell,
  })
  return {
    id,
    conversation,
    state,
    record,
    watch,
    isWatched: () => watchers.size > 0,
    tell,
    addCall,
    isAbout,
    setSends,
  }

  function state(): TalkState {
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

  /** Tells the watchers once of all that happens at once. */
  function tell(): void {
    if (!isTold) return
    isTold = false
    queueMicrotask(() => {
      isTold = true
      for (const watcher of watchers) watcher()
    })
  }

  /** Whether a call concerns this contact; those that name none concern the page. */
  function isAbout({ page, params }: ApiCall): boolean {
    const { contact } = conversation
    if (params.subscriber_id !== undefined) return String(params.subscriber_id) === contact.id
    return page === contact.page_id || !/^\d+$/.test(page)
  }

  function addCall(call: ApiCall): void {
    calls.splice(0, calls.length - mostCalls + 1)
    calls.push(call)
    tell()
  }

  function setSends(listed: ListedSend[]): void {
    const next = listed.filter(({ created_at }) => Date.parse(created_at) >= since)
    if (JSON.stringify(next) === JSON.stringify(sends)) return
    sends = next
    tell()
  }
}

/** What was under way when it was saved: the server is gone that would have answered. */
function withoutOpenEnds(saved: Saved): Saved {
  const answered = new Set(saved.events.flatMap(event => (event.kind === 'response' ? event.request : [])))
  const open = saved.events.filter(({ kind, id }) => kind === 'request' && !answered.has(id))
  const why = 'Expected an answer, got a connection that was reset: the server ended.'
  const ends = open.map(({ id, at }, index) => ({
    id: saved.events.length + index + 1,
    at,
    kind: 'response' as const,
    request: id,
    response: { failed: 'reset' as const, ms: 0 },
    outcome: 'no-answer' as const,
    why,
    problems: [{ path: '', rule: 'no-answer', severity: 'error' as const, message: why }],
  }))
  return { ...saved, events: [...saved.events, ...ends] }
}
