/** Plays ManyChat in development: conversations that a page drives, and the Public API that answers them. */
import { randomUUID } from 'node:crypto'
import type { Contact } from '../../blocks/contact.ts'
import type { Blocks } from '../../blocks/load.ts'
import { type Channel, channels } from '../../content/channels.ts'
import { createError } from '../../errors.ts'
import { createContact } from '../conversation/contact.ts'
import type { Saved } from '../conversation/state.ts'
import { createFakeApi, fakeKey } from '../fake-api/fake-api.ts'
import { createCarry } from './carry.ts'
import { createMovableClock } from './clock.ts'
import { diffLines } from './diff.ts'
import { type Fixture, type Replayed, recordSteps, type Step } from './fixture.ts'
import { createSendsWatch } from './sends-watch.ts'
import { createTalk, type Talk } from './talk.ts'

export interface StageOptions {
  blocks: Pick<Blocks, 'get' | 'names'>
  publicUrl: string
  /** One of WEBHOOK_SECRETS, to call blocks with. */
  secret: string
  /** One of API_TOKENS, to look after sends with. */
  apiToken: string
  /** Whether calls of ManyChat's API come here, as no page has a key. */
  isApiPlayed: boolean
  /** Ends this process at once and starts the server anew; or why it can't. */
  restart: (() => void) | { impossible: string }
  /** Whether this run follows such a restart: pages are about to put their conversations back. */
  isRestarted: boolean
  /** How long ManyChat waits for an answer; default 10 s. */
  answerWithinMs?: number
  /** Milliseconds since 1970, by the system's clock. */
  now?: () => number
}

export interface NewTalk {
  block: string
  channel: Channel
  contact?: Partial<Contact> | undefined
  saved?: Saved | undefined
  since?: number | undefined
  /** How far ahead the clock was when it was saved. */
  aheadMs?: number | undefined
}

const mostTalks = 50
/** How long calls to contacts wait after a restart for a page to put its conversation back. */
const rejoinMs = 5000

export type Stage = ReturnType<typeof createStage>

export function createStage(options: StageOptions) {
  const {
    blocks,
    publicUrl,
    secret,
    apiToken,
    isApiPlayed,
    restart,
    isRestarted,
    answerWithinMs,
    now: systemNow = Date.now,
  } = options
  const clock = createMovableClock(systemNow)
  const talks = new Map<string, Talk>()
  const rejoin = Promise.withResolvers<void>()
  if (isRestarted) setTimeout(rejoin.resolve, rejoinMs).unref()
  else rejoin.resolve()
  let latencyMs = 0
  let ownUrl = publicUrl
  const api = createFakeApi({
    now: clock.now,
    ready: () => rejoin.promise,
    onCall: call => {
      for (const talk of talks.values()) if (talk.isAbout(call)) talk.addCall(call)
    },
  })
  const request = createCarry({ ownUrl: () => ownUrl, publicUrl, latencyMs: () => latencyMs, withinMs: answerWithinMs })
  const sendsWatch = createSendsWatch({ ownUrl: () => ownUrl, apiToken, watched: listWatched })
  return {
    now: clock.now,
    /** For the clients of pages that have no key; undefined when some page has one. */
    standIn: isApiPlayed ? { keyOf: fakeKey, fetch: api.fetch } : undefined,
    answerApi: api.answer,
    restart,
    setup,
    begin,
    replay,
    find,
    switches,
    change,
    moveClock,
    listen,
    stop: sendsWatch.stop,
  }

  /** From here on the server answers at that address. */
  function listen(url: string): void {
    ownUrl = url
    sendsWatch.start()
  }

  /** What the page offers. */
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
    tellAll()
  }

  /** What expires expires for every conversation: there is one server. */
  function moveClock(ms: number): void {
    clock.moveBy(ms)
    for (const { conversation } of talks.values()) conversation.waited(ms)
    tellAll()
  }

  function begin({ block, channel, contact, saved, since = systemNow(), aheadMs = 0 }: NewTalk): Talk {
    if (!blocks.get(block)) {
      throw createError('DYN_SIMULATOR_INVALID', {
        expected: `one of the blocks ${blocks.names().join(', ')}`,
        got: 'another',
      })
    }
    const [oldest] = talks.values()
    if (oldest && talks.size >= mostTalks) drop(oldest)
    clock.moveBy(Math.max(0, aheadMs - clock.aheadMs()))
    const talk = createTalk({
      id: randomUUID(),
      block,
      channel,
      contact: saved?.contact ?? createContact(channel, contact),
      saved,
      since,
      open: { url: `${publicUrl}/blocks/${block}`, headers: { authorization: `Bearer ${secret}` } },
      request,
      now: clock.now,
      allowLoopback: publicUrl.startsWith('http://'),
      publicUrl,
    })
    talks.set(talk.id, talk)
    api.subscribers.join(talk.conversation)
    rejoin.resolve()
    return talk
  }

  function drop({ id, conversation }: Talk): void {
    talks.delete(id)
    api.subscribers.leave(conversation)
  }

  /** @throws DynablockError `DYN_SIMULATOR_TALK` */
  function find(id: string): Talk {
    const talk = talks.get(id)
    if (!talk) throw createError('DYN_SIMULATOR_TALK')
    return talk
  }

  /** Does again what the contact did, in a conversation of its own, and compares each answer. */
  async function replay({ block, channel, contact, steps }: Fixture): Promise<{ talk: Talk; replayed: Replayed[] }> {
    const talk = begin({ block, channel, contact })
    const replayed: Replayed[] = []
    for (const step of steps) {
      const done = recordSteps(talk.conversation.events, publicUrl).length
      const problem = await repeat(talk, step)
      const again = recordSteps(talk.conversation.events, publicUrl)[done]
      const diff = diffLines(pretty(step.answers), pretty(problem ? [problem] : (again?.answers ?? [])))
      replayed.push({ step, changed: diff.some(({ sign }) => sign !== ' '), diff })
    }
    return { talk, replayed }
  }

  /** Returns what kept the step from being done. */
  async function repeat({ conversation }: Talk, step: Step): Promise<string | undefined> {
    if (step.do === 'open') await conversation.open()
    else if (step.do === 'say') await conversation.say(step.text)
    else if (step.do === 'wait') moveClock(step.ms)
    else {
      try {
        await conversation.tap(step.caption)
      } catch (error) {
        return (error as Error).message
      }
    }
    return undefined
  }

  function listWatched() {
    return [...talks.values()]
      .filter(talk => talk.isWatched())
      .map(({ conversation, setSends }) => ({ contact: conversation.contact.id, setSends }))
  }

  function tellAll(): void {
    for (const { tell } of talks.values()) tell()
  }
}

function pretty(answers: unknown[]): string {
  return answers.map(answer => JSON.stringify(answer, null, 2)).join('\n')
}
