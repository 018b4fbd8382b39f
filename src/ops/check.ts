import type { FastifyInstance } from 'fastify'
import { type Channel, channels } from '../content/channels.ts'
import { inspectDocument } from '../content/document.ts'
import { createError } from '../errors.ts'
import { brokenAt, parseBigints } from '../exact-json.ts'

export interface CheckRouteOptions {
  /** Lets in only who shows one of API_TOKENS; without it everybody may ask, as in development. */
  authorize?: ((app: FastifyInstance) => Promise<void>) | undefined
  /** Callbacks may go to http on this machine. */
  allowLoopback: boolean
}

/** `POST /check`: tells people and their CI what is wrong with v2 content, before ManyChat does. */
export async function check(app: FastifyInstance, { authorize, allowLoopback }: CheckRouteOptions): Promise<void> {
  await authorize?.(app)
  // Whatever the type says: curl names that of a form where none is given.
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', '*']) {
    app.addContentTypeParser(type, { parseAs: 'string' }, async (_request: unknown, body: string) => readJson(body))
  }

  app.post('/check', async ({ query, body = readJson('') }) => {
    const channel = readChannel(query as Record<string, unknown>)
    const problems = inspectDocument(body, { ...(channel && { channel }), allowLoopback })
    return { ok: problems.every(({ severity }) => severity !== 'error'), problems }
  })
}

/** Unlike a call of ManyChat, content keeps its empty texts, and its long numbers stay numbers. */
function readJson(text: string): unknown {
  try {
    return parseBigints(text)
  } catch {
    // The message of the parser quotes the text: only the place of it is told.
    const got = text.trim() === '' ? 'an empty body' : `text that breaks off at position ${brokenAt(text) ?? 'unknown'}`
    throw createError('DYN_BODY_NOT_JSON', { got })
  }
}

function readChannel({ channel, ...others }: Record<string, unknown>): Channel | undefined {
  const [other] = Object.keys(others)
  const isKnown = channel === undefined || channels.includes(channel as Channel)
  if (isKnown && other === undefined) return channel as Channel | undefined
  const got = isKnown ? `the parameter "${other?.slice(0, 40)}"` : 'another channel'
  throw createError('DYN_CHANNEL_UNKNOWN', { channels: channels.join(', '), got })
}
