import { createError, DynablockError, dataOf, type ErrorData } from './errors.ts'

const maxFrames = 5

/** What may be logged about a failure. The message of an error that a block threw may not: it could quote the contact. */
export interface Trace extends ErrorData {
  code: string
  /** The message of our own error, which only names rules and kinds. */
  problem: string
  /** Names and system codes of the error and its causes, like `TypeError`, `ECONNREFUSED`. */
  kinds: string[]
  /** The first lines of the stack. */
  at: string[]
}

/** Turns whatever a handler threw into a coded error; an error that already has a code is returned unchanged. */
export function toFailure(error: unknown, where: string): DynablockError {
  if (error instanceof DynablockError) return error
  return createError(
    'DYN_BLOCK_THREW',
    { where, got: kindsOf(error).join(', ') || 'what is not an Error' },
    { cause: error },
  )
}

export function trace(failure: DynablockError): Trace {
  const { code, message, cause } = failure
  const thrown = cause ?? failure
  return {
    code,
    problem: message,
    ...dataOf(failure),
    kinds: kindsOf(cause),
    at: thrown instanceof Error ? framesOf(thrown).filter(isTheirs) : [],
  }
}

const ours = new URL('..', import.meta.url).href

/** Whether a stack frame belongs to a block rather than to this server or Node. */
function isTheirs(frame: string): boolean {
  return !frame.includes(ours) && !frame.includes('node:internal/')
}

function kindsOf(error: unknown): string[] {
  const kinds: string[] = []
  for (let depth = 0; error instanceof Error && depth < 5; depth++) {
    for (const kind of [error.name, (error as NodeJS.ErrnoException).code]) {
      if (typeof kind === 'string' && /^[\w$]{1,60}$/.test(kind) && !kinds.includes(kind)) kinds.push(kind)
    }
    error = error.cause
  }
  return kinds
}

/** The first frames of the stack. The message before them is cut off, as its lines may look like frames. */
export function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return []
  const frames = message ? (stack.split(message).at(-1) as string) : stack
  const lines = frames.split('\n').filter(line => /^\s+at /.test(line))
  // The generation number of a reloaded file means nothing to its author.
  return lines.slice(0, maxFrames).map(line => line.trim().replace(/\?v=\d+(?=:)/, ''))
}
