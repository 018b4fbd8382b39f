/** A conversation as a file for people to read and compare: the contact's steps, and the answers to each. */
import { type Static, Type } from '@sinclair/typebox'
import { channels } from '../../content/channels.ts'
import { createError } from '../../errors/errors.ts'
import { parseExact } from '../../json/exact-json.ts'
import { readAs } from '../../json/mismatch.ts'
import type { WireResponse } from './wire.ts'

const Answers = Type.Array(Type.Unknown(), { description: 'a list of answers' })
const Step = Type.Union(
  [
    Type.Object({ do: Type.Literal('open'), answers: Answers }),
    Type.Object({
      do: Type.Literal('tap'),
      caption: Type.String(),
      /** Index among the buttons with this caption, in the order shown, from 0; absent: the latest. */
      index: Type.Optional(Type.Integer({ minimum: 0 })),
      answers: Answers,
    }),
    Type.Object({ do: Type.Literal('say'), text: Type.String(), answers: Answers }),
    Type.Object({ do: Type.Literal('wait'), ms: Type.Integer({ minimum: 0 }), answers: Answers }),
  ],
  { description: 'a step: open, tap, say or wait, and its answers' },
)
export type Step = Static<typeof Step>

export const Fixture = Type.Object(
  {
    dynablock: Type.Literal('conversation', { description: '"conversation"' }),
    block: Type.String({ description: 'the name of a block' }),
    channel: Type.Union(
      channels.map(channel => Type.Literal(channel)),
      { description: `one of ${channels.join(', ')}` },
    ),
    /** When the conversation began, ISO 8601; absent: the time of the replay. */
    at: Type.Optional(Type.String({ description: 'a date-time in UTC', pattern: '^\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z$' })),
    /** Full Contact Data at the start of the conversation. */
    contact: Type.Record(Type.String(), Type.Unknown(), { description: 'Full Contact Data' }),
    /** The other fields of the Dynamic Block's body. */
    extras: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'an object' })),
    steps: Type.Array(Step, { description: 'a list of steps' }),
  },
  { description: 'an object' },
)
export type Fixture = Static<typeof Fixture>

/** @throws DynablockError `DYN_FIXTURE_INVALID` with the path of the first mismatch */
export function readFixture(value: unknown): Fixture {
  return readAs(Fixture, value, mismatch => createError('DYN_FIXTURE_INVALID', { ...mismatch }))
}

/** An answer without the parts that differ from run to run. */
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

/** The origin of a callback URL: a running server's PUBLIC_URL may differ from the address it was called at. */
const callback = /^https?:\/\/\S+?(?=\/blocks\/[\w-]+\/[\w~-]+$)/

/** Replaces tokens, which differ with time, and addresses, which differ between machines. Idempotent. */
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

/** The headers of a callback hold its secret. */
function hide(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers
  return Object.fromEntries(Object.keys(headers).map(name => [name, '<secret>']))
}
