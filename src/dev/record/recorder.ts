/** Groups calls into conversations. Each call of a Dynamic Block starts a new one. */
import { randomUUID } from 'node:crypto'
import { type SealClaims, targetOf } from '../../calls/seal-claims.ts'
import type { Content } from '../../content/content.ts'
import { openedBy, textOrNull } from '../../webhook/contact.ts'
import { type Fixture, readAnswer, type Step } from '../conversation/fixture.ts'
import { type Fakes, hasStandIn, isAsRecorded } from './fakes.ts'
import { createMask, type Mask } from './mask.ts'

/** A call answered with 200. */
export interface Recorded {
  block: string
  /** null: a call of the Dynamic Block. */
  step: string | null
  /** As parsed by `readBody`. */
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
  /** Called when a word that may be personal is left out. */
  onUnsure?: () => void
}

interface Recording {
  file: string
  fixture: Fixture
  mask: Mask
  lastAt: number
  /** The captions of all buttons so far, masked. */
  shown: string[]
  /** Taps of quick replies whose second request hasn't arrived yet. */
  pairs: Map<string, Step>
}

/** Where a token was shown, so that its callback can be assigned to a conversation. */
interface Origin {
  recording: Recording
  /** null: not a button, but a listener. */
  caption: string | null
  /** Index among all buttons shown, or among `replies`. */
  place?: number
  /** The captions of the quick replies that this is one of, masked. */
  replies?: string[]
}

/** Tokens remembered, over all contacts. Taps of older buttons are not recorded. */
const maxOrigins = 20_000

/** Blocks don't notice shorter pauses. */
const minWaitMs = 1000

export function createRecorder({ publicUrl, fakes, secrets, onUnsure = () => {} }: RecorderOptions) {
  const origins = new Map<string, Origin>()
  return { note }

  /** Adds a call; returns the changed file and its content, or null when the call belongs to no known conversation. */
  function note(call: Recorded): Pick<Recording, 'file' | 'fixture'> | null {
    const token = String(call.body.state)
    const origin = call.step === null ? null : origins.get(token)
    if (origin === undefined) return null
    const recording = origin?.recording ?? begin(call)
    const step = origin ? findStep(origin, call, token) : addStep(recording, { do: 'open', answers: [] })
    step.answers.push(
      recording.mask.value(readAnswer({ status: 200, headers: {}, body: call.answer, ms: 0 }, publicUrl)),
    )
    learn(recording, JSON.parse(call.answer).content)
    recording.lastAt = call.at
    return recording
  }

  function begin({ block, body, at }: Recorded): Recording {
    const { contact, channel, input, extras } = openedBy(body, { id: '', block }).record
    const mask = createMask({ fakes, secrets, contact, onUnsure })
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
    return { file, fixture, mask, lastAt: at, shown: [], pairs: new Map() }
  }

  function addStep({ fixture }: Recording, step: Step): Step {
    fixture.steps.push(step)
    return step
  }

  /** The step of a callback. Tapping a quick reply causes two requests, in any order, which make one step. */
  function findStep(origin: Origin, { body, at }: Recorded, token: string): Step {
    const { recording } = origin
    const input = textOrNull(body.input)
    const { pair } = targetOf(readClaims(token), input)
    const step = makeStep(origin, input)
    const first = pair === undefined ? undefined : recording.pairs.get(pair)
    if (first) {
      if (step.do === 'tap') Object.assign(first, { ...step, text: undefined, answers: first.answers })
      recording.pairs.delete(pair as string)
      return first
    }
    const ms = Math.round(at - recording.lastAt)
    if (ms >= minWaitMs) addStep(recording, { do: 'wait', ms, answers: [] })
    if (pair !== undefined) recording.pairs.set(pair, step)
    return addStep(recording, step)
  }

  /** Omits the index of the latest button with its caption, and of a quick reply, unless a stand-in makes it ambiguous. */
  function makeStep({ recording, caption, place = 0, replies }: Origin, input: string | null): Step {
    if (caption === null) return { do: 'say', text: recording.mask.text(input ?? ''), answers: [] }
    const alike = [...recording.shown, ...(replies ?? [])].flatMap((other, i) =>
      isAsRecorded(caption, other) ? [i] : [],
    )
    const index = alike.indexOf(replies ? recording.shown.length + place : place)
    const isClear = !hasStandIn(caption) && (replies !== undefined || index === alike.length - 1)
    return { do: 'tap', caption, ...(!isClear && { index }), answers: [] }
  }

  /** Remembers the tokens of an answer. */
  function learn(recording: Recording, content: Content): void {
    for (const message of content.messages) {
      const cards = message.type === 'cards' ? message.elements : [message]
      for (const button of cards.flatMap(card => ('buttons' in card ? (card.buttons ?? []) : []))) {
        if (button.type !== 'dynamic_block_callback') continue
        const caption = recording.mask.text(button.caption)
        remember(button.payload, { recording, caption, place: recording.shown.push(caption) - 1 })
      }
    }
    const quick = (content.quick_replies ?? []).filter(({ type }) => type === 'dynamic_block_callback')
    const replies = quick.map(({ caption }) => recording.mask.text(caption))
    for (const [place, reply] of quick.entries()) {
      if ('payload' in reply) remember(reply.payload, { recording, caption: replies[place] as string, place, replies })
    }
    remember(content.external_message_callback?.payload, { recording, caption: null })
  }

  function remember(payload: Record<string, unknown> | undefined, origin: Origin): void {
    if (typeof payload?.state !== 'string') return
    origins.set(payload.state, origin)
    const [oldest] = origins.keys()
    if (origins.size > maxOrigins) origins.delete(oldest as string)
  }
}

/** Reads a token without verifying it: the server did that when it answered the call. */
function readClaims(token: string): SealClaims {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
}
