/** Turns calls into conversations: one for each time that a Dynamic Block opened a block. */
import { randomUUID } from 'node:crypto'
import { type Claims, targetOf } from '../../blocks/claims.ts'
import type { Content } from '../../content/content.ts'
import { readCaller, textOrNull } from '../../webhook/contact.ts'
import { type Fixture, readAnswer, type Step } from '../conversation/fixture.ts'
import type { Fakes } from './fakes.ts'
import { createMask, type Mask } from './mask.ts'

/** A call that was answered with 200. */
export interface Recorded {
  block: string
  /** null: it opened the block. */
  step: string | null
  /** As `readBody` read it. */
  body: Record<string, unknown>
  /** The body of the answer. */
  answer: string
  /** Milliseconds since 1970. */
  at: number
}

export interface RecorderOptions {
  publicUrl: string
  fakes: Fakes
  secrets: readonly string[]
}

interface Talk {
  file: string
  fixture: Fixture
  mask: Mask
  lastAt: number
  /** How many buttons were shown with each caption. */
  shown: Map<string, number>
  /** The step of each tap whose second request is still to come. */
  pairs: Map<string, Step>
}

/** Where a token was, that comes back with a callback. */
interface Origin {
  talk: Talk
  /** null: a listener. */
  caption: string | null
  /** Which of the buttons with that caption; absent for a quick reply. */
  index?: number
}

/** So many buttons are remembered, of whoever called; an older one that is tapped is not recorded. */
const maxOrigins = 20_000

export function createRecorder({ publicUrl, fakes, secrets }: RecorderOptions) {
  const origins = new Map<string, Origin>()
  return { note }

  /** The file that the call changes, and what is in it now; null for a call that belongs to no conversation known here. */
  function note(call: Recorded): Pick<Talk, 'file' | 'fixture'> | null {
    const token = String(call.body.state)
    const origin = call.step === null ? null : origins.get(token)
    if (origin === undefined) return null
    const talk = origin?.talk ?? begin(call)
    const step = origin ? findStep(origin, call, token) : addStep(talk, { do: 'open', answers: [] })
    step.answers.push(talk.mask.value(readAnswer({ status: 200, headers: {}, body: call.answer, ms: 0 }, publicUrl)))
    learn(talk, JSON.parse(call.answer).content)
    talk.lastAt = call.at
    return talk
  }

  function begin({ block, body, at }: Recorded): Talk {
    const { contact, channel, input, extras } = readCaller(body)
    const mask = createMask({ fakes, secrets, contact })
    const time = new Date(at).toISOString()
    const { channel: _, input: __, ...others } = extras
    const masked = mask.value({ ...contact, ...(input !== null && { last_input_text: input }) })
    const fixture: Fixture = {
      dynablock: 'conversation',
      block,
      channel,
      at: time,
      contact: masked as Fixture['contact'],
      ...(Object.keys(others).length > 0 && { extras: mask.value(others) as Record<string, unknown> }),
      steps: [],
    }
    const file = `${time.slice(0, 19).replace(/\D/g, '')}-${block}-${channel}-${randomUUID().slice(0, 8)}.json`
    return { file, fixture, mask, lastAt: at, shown: new Map(), pairs: new Map() }
  }

  function addStep({ fixture }: Talk, step: Step): Step {
    fixture.steps.push(step)
    return step
  }

  /** The step that a callback is; both requests of a quick reply's tap are one, whichever is first. */
  function findStep(origin: Origin, { body, at }: Recorded, token: string): Step {
    const { talk } = origin
    const input = textOrNull(body.input)
    const { pair } = targetOf(readClaims(token), input)
    const made = makeStep(origin, input)
    const twin = pair === undefined ? undefined : talk.pairs.get(pair)
    if (twin) {
      if (made.do === 'tap') Object.assign(twin, { ...made, text: undefined, answers: twin.answers })
      talk.pairs.delete(pair as string)
      return twin
    }
    const ms = Math.round(at - talk.lastAt)
    if (ms >= leastWaitMs) addStep(talk, { do: 'wait', ms, answers: [] })
    if (pair !== undefined) talk.pairs.set(pair, made)
    return addStep(talk, made)
  }

  /** The latest of several with one caption needs no number. */
  function makeStep({ talk, caption, index }: Origin, input: string | null): Step {
    if (caption === null) return { do: 'say', text: talk.mask.text(input ?? ''), answers: [] }
    const isLatest = index === undefined || index === (talk.shown.get(caption) ?? 0) - 1
    return { do: 'tap', caption: talk.mask.text(caption), ...(!isLatest && { index }), answers: [] }
  }

  /** Remembers what can come back. */
  function learn(talk: Talk, content: Content): void {
    for (const message of content.messages) {
      const cards = message.type === 'cards' ? message.elements : [message]
      for (const button of cards.flatMap(card => ('buttons' in card ? (card.buttons ?? []) : []))) {
        if (button.type !== 'dynamic_block_callback') continue
        const { caption, payload } = button
        const index = talk.shown.get(caption) ?? 0
        talk.shown.set(caption, index + 1)
        remember(payload, { talk, caption, index })
      }
    }
    for (const reply of content.quick_replies ?? []) {
      if (reply.type === 'dynamic_block_callback') remember(reply.payload, { talk, caption: reply.caption })
    }
    remember(content.external_message_callback?.payload, { talk, caption: null })
  }

  function remember(payload: Record<string, unknown> | undefined, origin: Origin): void {
    if (typeof payload?.state !== 'string') return
    origins.set(payload.state, origin)
    const [oldest] = origins.keys()
    if (origins.size > maxOrigins) origins.delete(oldest as string)
  }
}

/** Shorter pauses change nothing that a block could see. */
const leastWaitMs = 1000

/** It was checked when the call was answered. */
function readClaims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
}
