import { createError, DynablockError } from '../errors.ts'

const maxFrames = 5

/** What the log may know of a failure. The message of what a block threw is not among it: it may quote the contact. */
export interface Trace {
  code: string
  /** The message of our own error, which names rules and kinds only. */
  problem: string
  /** Names and system codes of the error and its causes, like `TypeError`, `ECONNREFUSED`. */
  kinds: string[]
  /** The first lines of the stack. */
  at: string[]
}

/** An error of the table for whatever went wrong in a handler; one that is in the table already stays. */
export function toFailure(error: unknown, where: string): DynablockError {
  if (error instanceof DynablockError) return error
  return createError(
    'DYN_BLOCK_THREW',
    { where, got: kindsOf(error).join(', ') || 'something that is no error' },
    { cause: error },
  )
}

export function trace(failure: DynablockError): Trace {
  const { code, message, cause } = failure
  const thrown = cause ?? failure
  return {
    code,
    problem: message,
    kinds: kindsOf(cause),
    at: thrown instanceof Error ? framesOf(thrown).filter(isTheirs) : [],
  }
}

const ours = new URL('..', import.meta.url).href

/** Whether a line of a stack is of the block, and not of this server. */
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

/** The first lines of the stack, without the message: it stands before them, and may have lines that look like one. */
export function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return []
  const frames = message ? (stack.split(message).at(-1) as string) : stack
  const lines = frames.split('\n').filter(line => /^\s+at /.test(line))
  // The generation of a reloaded file says nothing to its author.
  return lines.slice(0, maxFrames).map(line => line.trim().replace(/\?v=\d+(?=:)/, ''))
}
