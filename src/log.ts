import type { FastifyServerOptions } from 'fastify'
import { framesOf } from './blocks/failure.ts'
import type { Config } from './config.ts'

type Logger = Exclude<FastifyServerOptions['logger'], boolean | undefined>

/**
 * The logger's configuration. It is here that no secret and no message text can reach the log: of a request only method and
 * path are written, of an error only its kind and place.
 */
export function logOptions({ logLevel }: Pick<Config, 'logLevel'>, stream?: { write(line: string): void }): Logger {
  return {
    level: logLevel,
    ...(stream && { stream }),
    serializers: {
      req: ({ method, url }) => ({ method, path: url?.split('?')[0] }),
      err: error => ({ type: error.name, code: error.code ?? '', stack: framesOf(error).join('\n'), message: '' }),
    },
    hooks: {
      logMethod(args, log) {
        const [first, message] = args as unknown[]
        const err = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err
        // Where no words are given, the logger would take those of the error.
        if (err instanceof Error && message === undefined)
          log.call(this, first instanceof Error ? { err } : first, 'error')
        else log.apply(this, args)
      },
    },
  } as Logger
}
