/** A conversation as a file that people read and compare: what the contact did, and what was answered. */
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { channels } from '../../content/channels.ts'
import { createError } from '../../errors.ts'
import { parseExact } from '../../exact-json.ts'
import type { WireResponse } from './wire.ts'

const Answers = Type.Array(Type.Unknown())
const Step = Type.Union([
  Type.Object({ do: Type.Literal('open'), answers: Answers }),
  Type.Object({
    do: Type.Literal('tap'),
    caption: Type.String(),
    /** Which of the buttons with that caption, in the order in which they were shown, from 0; absent: the latest. */
    index: Type.Optional(Type.Integer({ minimum: 0 })),
    answers: Answers,
  }),
  Type.Object({ do: Type.Literal('say'), text: Type.String(), answers: Answers }),
  Type.Object({ do: Type.Literal('wait'), ms: Type.Integer({ minimum: 0 }), answers: Answers }),
])
export type Step = Static<typeof Step>

export const Fixture = Type.Object({
  dynablock: Type.Literal('conversation'),
  block: Type.String(),
  channel: Type.Union(channels.map(channel => Type.Literal(channel))),
  /** When it began, ISO 8601; absent: it doesn't matter. */
  at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z$' })),
  /** Full Contact Data when the conversation began. */
  contact: Type.Record(Type.String(), Type.Unknown()),
  /** What the body of the Dynamic Block held beside the contact. */
  extras: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  steps: Type.Array(Step),
})
export type Fixture = Static<typeof Fixture>

/** @throws DynablockError `DYN_FIXTURE_INVALID` naming the place that is wrong */
export function readFixture(value: unknown): Fixture {
  const error = Value.Errors(Fixture, value).First()
  if (!error) return value as Fixture
  throw createError('DYN_FIXTURE_INVALID', { path: error.path || '/', expected: error.message })
}

/** An answer as it is the same in each run. */
export function readAnswer(response: WireResponse, publicUrl: string): unknown {
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

/** What stands before the path of a step: a server that runs may be known by another address than it is asked at. */
const callback = /^https?:\/\/\S+?(?=\/blocks\/[\w-]+\/[\w~-]+$)/

/** Tokens differ by their time, and addresses by the machine; done twice, it changes nothing. */
export function normalise(value: unknown, publicUrl: string): unknown {
  if (typeof value === 'string') {
    const text = value.replace(/\bey[\w-]+\.[\w-]+\.[\w-]+/g, '<sealed>')
    return text.startsWith(`${publicUrl}/`)
      ? `<server>${text.slice(publicUrl.length)}`
      : text.replace(callback, '<server>')
  }
  if (Array.isArray(value)) return value.map(member => normalise(member, publicUrl))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === 'headers' ? hide(member) : normalise(member, publicUrl),
    ]),
  )
}

/** The headers of a callback are where its secret stands. */
function hide(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers
  return Object.fromEntries(Object.keys(headers).map(name => [name, '<secret>']))
}
