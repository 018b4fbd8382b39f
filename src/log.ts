import { type DestinationStream, type Logger, pino } from 'pino'
import { framesOf } from './errors/failure.ts'
import type { Config } from './settings/config.ts'

/** Writes to the server's log. Never log what a contact wrote. */
export interface Log {
  debug(details: object | string, message?: string): void
  info(details: object | string, message?: string): void
  warn(details: object | string, message?: string): void
  error(details: object | string, message?: string): void
}

/** A log that makes another for each call. */
export interface ParentLog extends Log {
  child(bindings: object): Log
}

/**
 * The one logger of the process. It is here that no secret and no message text can reach the log: of a request only method
 * and path are written, of an error only its kind and place.
 */
export function createLog({ logLevel }: Pick<Config, 'logLevel'>, stream?: DestinationStream): Logger {
  return pino(
    {
      level: logLevel,
      serializers: {
        req: ({ method, url }) => ({ method, path: url?.split('?')[0] }),
        err: describeError,
      },
      hooks: {
        logMethod(args, log) {
          const [first, message] = args as unknown[]
          const err = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err
          // Where no words are given, the logger would take those of the error.
          if (err !== undefined && message === undefined) log.call(this, { err }, 'error')
          else log.apply(this, args)
        },
      },
    },
    stream,
  )
}

const errorName = /^(?:[A-Z]\w{0,58})?(?:Error|Exception)$/
/** ECONNREFUSED, DYN_BLOCK_THREW, 23505. */
const errorCode = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|[0-9A-Z]{5})$/

/** A block may reject with anything: with null, with a text, with the contact. Only what names an error is written. */
function describeError(error: unknown) {
  try {
    if (error instanceof Error) {
      const { name, code } = error as NodeJS.ErrnoException
      return {
        type: known(name, errorName),
        code: known(code, errorCode),
        stack: framesOf(error).join('\n'),
        message: '',
      }
    }
  } catch {
    // A proxy, or a getter that throws.
  }
  return { type: error === null ? 'null' : typeof error, code: '', stack: '', message: '' }
}

function known(name: unknown, form: RegExp): string {
  return typeof name === 'string' && form.test(name) ? name : ''
}
