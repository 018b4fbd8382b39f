/** A conversation as a file that people read and compare: what the contact did, and what was answered. */
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { channels } from '../../content/channels.ts'
import { createError } from '../../errors.ts'
import { parseExact } from '../../exact-json.ts'
import type { ChatEvent } from '../conversation/event.ts'
import type { WireResponse } from '../conversation/wire.ts'
import type { DiffLine } from './diff.ts'

const Answers = Type.Array(Type.Unknown())
const Step = Type.Union([
  Type.Object({ do: Type.Literal('open'), answers: Answers }),
  Type.Object({ do: Type.Literal('tap'), caption: Type.String(), answers: Answers }),
  Type.Object({ do: Type.Literal('say'), text: Type.String(), answers: Answers }),
  Type.Object({ do: Type.Literal('wait'), ms: Type.Integer({ minimum: 0 }), answers: Answers }),
])
export type Step = Static<typeof Step>

export const Fixture = Type.Object({
  dynablock: Type.Literal('conversation'),
  block: Type.String(),
  channel: Type.Union(channels.map(channel => Type.Literal(channel))),
  /** Full Contact Data when the conversation began. */
  contact: Type.Record(Type.String(), Type.Unknown()),
  steps: Type.Array(Step),
})
export type Fixture = Static<typeof Fixture>

/** What came of one step that was done again. */
export interface Replayed {
  step: Step
  changed: boolean
  diff: DiffLine[]
}

/** @throws DynablockError `DYN_SIMULATOR_INVALID` naming the place that is wrong */
export function readFixture(value: unknown): Fixture {
  const error = Value.Errors(Fixture, value).First()
  if (!error) return value as Fixture
  const expected = `at ${error.path || '/'} what a saved conversation has there (${error.message})`
  throw createError('DYN_SIMULATOR_INVALID', { expected, got: 'something else' })
}

/** The steps of a conversation. An answer belongs to the step whose request it answers. */
export function recordSteps(events: readonly ChatEvent[], publicUrl: string): Step[] {
  const steps: Step[] = []
  const answersOf = new Map<number, Step['answers']>()
  for (const event of events) {
    if (event.kind === 'tapped') steps.push({ do: 'tap', caption: event.caption, answers: [] })
    else if (event.kind === 'said') steps.push({ do: 'say', text: event.text, answers: [] })
    else if (event.kind === 'waited') steps.push({ do: 'wait', ms: event.ms, answers: [] })
    else if (event.kind === 'request') {
      if (event.purpose === 'open') steps.push({ do: 'open', answers: [] })
      answersOf.set(event.id, steps.at(-1)?.answers ?? [])
    } else if (event.kind === 'response') {
      answersOf.get(event.request)?.push(readAnswer(event.response, publicUrl))
    }
  }
  return steps
}

/** What is the same in each run: tokens differ by their time, and addresses by the machine. */
function readAnswer(response: WireResponse, publicUrl: string): unknown {
  if ('failed' in response) return { failed: response.failed }
  const body = readJson(response.body)
  return response.status === 200 ? normalise(body, publicUrl) : { status: response.status, body }
}

function readJson(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return text
  }
}

function normalise(value: unknown, publicUrl: string): unknown {
  if (typeof value === 'string') {
    if (/^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return '<sealed>'
    return value.startsWith(`${publicUrl}/`) ? `<server>${value.slice(publicUrl.length)}` : value
  }
  if (Array.isArray(value)) return value.map(member => normalise(member, publicUrl))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normalise(member, publicUrl)]))
}
