/** Reads the bodies of requests into memory, of which all that are under way share one limit. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createError } from '../errors/errors.ts'
import { createBodyBudget, type Displaceable } from './body-budget.ts'

export interface AcceptTextOptions {
  types: readonly string[]
  /** Less than MAX_BODY_BYTES, if this scope needs less. */
  maxBytes?: number
  /** Makes of the text what the handler gets as `body`; what it throws is the answer. */
  parse(text: string, request: FastifyRequest): unknown
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes this scope read bodies of these types as text, and of no others. */
    acceptText(options: AcceptTextOptions): void
  }
}

export interface BodiesOptions {
  /** For each body. */
  maxBytes: number
  /** For all of them that are under way. */
  maxTotalBytes: number
}

type Done = (error: Error | null, body?: unknown) => void
type TextDone = (error: Error | null, text: string) => void
type Payload = NodeJS.ReadableStream

/** Routes read no body unless they ask for it by `acceptText`: not even that of a path that doesn't exist. */
export function bodies(app: FastifyInstance, { maxBytes: maxEach, maxTotalBytes }: BodiesOptions): void {
  const budget = createBodyBudget(maxTotalBytes)
  app.removeAllContentTypeParsers()
  app.decorate('acceptText', function (this: FastifyInstance, { types, maxBytes = maxEach, parse }: AcceptTextOptions) {
    const limit = Math.min(maxBytes, maxEach)
    this.removeAllContentTypeParsers()
    for (const type of types) {
      this.addContentTypeParser(type, (request: FastifyRequest, payload: Payload, done: Done) => {
        begin(request, payload, limit, (error, text) => {
          let body: unknown
          try {
            if (error === null) body = parse(text, request)
          } catch (thrown) {
            error = thrown as Error
          }
          done(error, body)
        })
      })
    }
  })

  /** Refuses before it reads, or reads. A body of unknown length takes the share of the longest one. */
  function begin({ headers, isAuthentic }: FastifyRequest, payload: Payload, limit: number, done: TextDone): void {
    const declared = headers['content-length']
    const size = declared === undefined ? limit : Number(declared)
    if (size > limit) {
      done(createError('DYN_BODY_TOO_LARGE'), '')
      return
    }
    // Only for strangers: an object that leads to the whole request outlives it in V8's old generation.
    const displaceable = isAuthentic ? undefined : { displace() {} }
    if (budget.take(size, displaceable)) {
      readText(payload, { size, isExact: declared !== undefined, displaceable, done: finish })
    } else done(createError('DYN_BODIES_FULL'), '')

    function finish(error: Error | null, text: string): void {
      budget.give(size, displaceable)
      done(error, text)
    }
  }
}

interface ReadTextOptions {
  /** The most it may have. */
  size: number
  /** Whether it has to have as many. */
  isExact: boolean
  /** Gets the function that ends the reading. */
  displaceable: Displaceable | undefined
  done: TextDone
}

function readText(payload: Payload, { size, isExact, displaceable, done }: ReadTextOptions): void {
  let first: Buffer | undefined
  let whole: Buffer | undefined
  let length = 0
  if (displaceable) displaceable.displace = () => end(createError('DYN_BODIES_FULL'), '')
  payload.on('data', onData)
  payload.on('end', onEnd)
  payload.on('error', onError)

  /** Chunks are copied into one buffer: a thousand chunks of a byte each would take a hundred times their length. */
  function onData(chunk: Buffer): void {
    const from = length
    length += chunk.length
    if (length > size) {
      end(createError('DYN_BODY_TOO_LARGE'), '')
      return
    }
    if (from === 0 && length === size) {
      first = chunk
      return
    }
    if (whole === undefined || whole.length < length) whole = grow(whole, length, isExact ? size : 0)
    chunk.copy(whole, from)
  }

  function onEnd(): void {
    if (isExact && length < size) onError()
    else end(null, first?.toString() ?? whole?.toString('utf8', 0, length) ?? '')
  }

  function onError(): void {
    end(createError('DYN_REQUEST_REFUSED', { got: 'a body that broke off' }), '')
  }

  function end(error: Error | null, text: string): void {
    payload.off('data', onData)
    payload.off('end', onEnd)
    payload.off('error', onError)
    first = undefined
    whole = undefined
    done(error, text)
  }
}

/** Doubles, so that a body of unknown length is copied a few times only. Pages of it that stay unused take no memory. */
function grow(buffer: Buffer | undefined, length: number, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(size, 4096, 2 * length))
  buffer?.copy(larger)
  return larger
}
