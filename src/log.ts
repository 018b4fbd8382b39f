import type { FastifyServerOptions } from 'fastify'
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
      err: ({ name, code, stack = '', message }) => ({
        type: name,
        code: code ?? '',
        stack: stack.slice(stack.lastIndexOf(message) + message.length).trim(),
        message: '',
      }),
    },
  } as Logger
}
