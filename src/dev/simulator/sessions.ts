/** Plays ManyChat in development: the conversations of the pages, and one Public API for all of them. */
import { randomUUID } from 'node:crypto'
import type { Contact } from '../../blocks/contact.ts'
import { type Channel, channels } from '../../content/channels.ts'
import { createError } from '../../errors/errors.ts'
import type { Config } from '../../settings/config.ts'
import { createCarry } from '../conversation/carry.ts'
import { createContact } from '../conversation/contact.ts'
import type { Fixture } from '../conversation/fixture.ts'
import type { Saved } from '../conversation/state.ts'
import { createFakeApi } from '../fake-api/fake-api.ts'
import { fakeKey } from '../fake-api/key.ts'
import { contactOf, type ReplayedStep, replay as replayFixture } from '../replay/replay.ts'
import { createClock } from '../testing/clock.ts'
import { createSendsWatch } from './sends-watch.ts'
import { createSession, type Session } from './session.ts'
import { createSimulatedServer, type SimulatedServerOptions } from './simulated-server.ts'

export interface SessionsOptions extends Pick<SimulatedServerOptions, 'blocks' | 'build'> {
  config: Config
  /** Ends this process at once and starts the server again; or the reason why it can't. */
  restart: (() => void) | { impossible: string }
  /** Whether this run follows such a restart, so that pages are about to restore their conversations. */
  isRestarted: boolean
  /** How long ManyChat waits for an answer; default 10 s. */
  answerWithinMs?: number
  /** Milliseconds since 1970, by the system's clock. */
  now?: () => number
}

export interface NewSession {
  block: string
  channel: Channel
  contact?: Partial<Contact> | undefined
  saved?: Saved | undefined
  since?: number | undefined
  /** How far ahead the clock was when `saved` was made. */
  aheadMs?: number | undefined
}

const maxSessions = 50
/** How long the API's calls wait after a restart for a page to restore its conversation. */
const rejoinMs = 5000

export type Sessions = ReturnType<typeof createSessions>

export function createSessions(options: SessionsOptions) {
  const { config, blocks, build, restart, isRestarted, answerWithinMs, now: systemNow = Date.now } = options
  const { publicUrl, manychatApiKeys, matonApiKey, manychatApiUrl } = config
  /** Whether calls of ManyChat's API come here, because no page has a key. */
  const isApiPlayed = manychatApiKeys.length === 0 && matonApiKey === undefined && manychatApiUrl === undefined
  const clock = createClock(systemNow)
  const sessions = new Map<string, Session>()
  const rejoin = Promise.withResolvers<void>()
  if (isRestarted) setTimeout(rejoin.resolve, rejoinMs).unref()
  else rejoin.resolve()
  let latencyMs = 0
  const server = createSimulatedServer({ config, blocks, build, now: clock.now })
  const request = createCarry({ fetch: server.fetch, latencyMs: () => latencyMs, withinMs: answerWithinMs })
  const api = createFakeApi({
    now: clock.now,
    request,
    allowLoopback: publicUrl.startsWith('http://'),
    ready: () => rejoin.promise,
    onCall: call => {
      for (const session of sessions.values()) if (session.isAbout(call)) session.addCall(call)
    },
  })
  server.open(isApiPlayed ? { keyOf: fakeKey, fetch: api.fetch } : undefined)
  const sendsWatch = createSendsWatch({ list: server.listSends, watched: listWatched })
  return {
    isApiPlayed,
    api,
    restart,
    setup,
    begin,
    replay,
    find,
    switches,
    change,
    moveClock,
    start,
    stop,
  }

  /** Late replies that a restart interrupted run again from now on. */
  async function start(): Promise<void> {
    await server.start()
    sendsWatch.start()
  }

  async function stop(): Promise<void> {
    sendsWatch.stop()
    await server.stop()
  }

  /** The choices that the page offers. */
  function setup() {
    return {
      blocks: blocks.names().map(name => ({ name, description: blocks.get(name)?.description ?? null })),
      contacts: Object.fromEntries(channels.map(channel => [channel, createContact(channel)])),
      isApiPlayed,
      restart: typeof restart === 'function' ? null : restart.impossible,
      ...switches(),
    }
  }

  function switches() {
    return { latencyMs, fault: api.fault(), aheadMs: clock.aheadMs() }
  }

  function change(changes: { latencyMs?: number; fault?: Parameters<typeof api.setFault>[0] }): void {
    latencyMs = changes.latencyMs ?? latencyMs
    if (changes.fault) api.setFault(changes.fault)
    notifyAll()
  }

  /** Moves the time of every conversation, since they share one server. */
  function moveClock(ms: number): void {
    clock.advance(ms)
    for (const { conversation } of sessions.values()) conversation.waited(ms)
    notifyAll()
  }

  function begin({ block, channel, contact, saved, since = systemNow(), aheadMs = 0 }: NewSession): Session {
    if (!blocks.get(block)) {
      throw createError('DYN_SIMULATOR_INVALID', {
        expected: `one of the blocks ${blocks.names().join(', ')}`,
        got: 'another',
      })
    }
    const [oldest] = sessions.values()
    if (oldest && sessions.size >= maxSessions) drop(oldest)
    clock.advance(Math.max(0, aheadMs - clock.aheadMs()))
    const created = api.subscribers.createdAs(contact?.id)
    const session = createSession({
      id: randomUUID(),
      block,
      channel,
      contact: saved?.contact ?? (created ? { ...created.contact, ...contact } : createContact(channel, contact)),
      saved: saved ?? created?.save(),
      since,
      open: server.openingOf(block),
      request,
      now: clock.now,
      allowLoopback: publicUrl.startsWith('http://'),
      publicUrl,
    })
    sessions.set(session.id, session)
    api.subscribers.join(session.conversation)
    rejoin.resolve()
    return session
  }

  function drop({ id, conversation }: Session): void {
    sessions.delete(id)
    api.subscribers.leave(conversation)
  }

  /** @throws DynablockError `DYN_SIMULATOR_TALK` when no conversation has this id */
  function find(id: string): Session {
    const session = sessions.get(id)
    if (!session) throw createError('DYN_SIMULATOR_TALK')
    return session
  }

  /** Replays a recorded conversation in a new session. */
  async function replay(fixture: Fixture): Promise<{ session: Session; steps: ReplayedStep[] }> {
    const { block, channel } = fixture
    const session = begin({ block, channel, contact: contactOf(fixture) })
    const wait = async (seconds: number) => moveClock(seconds * 1000)
    return { session, steps: await replayFixture(fixture, { conversation: session.conversation, wait }, publicUrl) }
  }

  function listWatched() {
    return [...sessions.values()]
      .filter(session => session.isWatched())
      .map(({ conversation, setSends }) => ({ contact: conversation.contact.id, setSends }))
  }

  function notifyAll(): void {
    for (const { notify } of sessions.values()) notify()
  }
}
