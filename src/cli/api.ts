/** What commands that ask a running server have in common. */
import { parseExact } from '../json/exact-json.ts'
import { allows, readApiToken, type Scope } from '../settings/credentials.ts'
import type { Terminal } from './command.ts'

export const apiOptions = {
  url: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

export interface ApiOptions {
  terminal: Pick<Terminal, 'env' | 'fetch'>
  /** Default: the port of the settings, on this machine. */
  url: string | undefined
  /** Default: the first of API_TOKENS that has the scope. */
  token: string | undefined
  scope: Scope
}

/** What the caller of a command should read in place of its result. */
export class UsageError extends Error {}

/** Makes the function that asks the server. A refusal returns its problem object, with `detail`. */
export function createAsk({ terminal: { env, fetch }, url: given, token, scope }: ApiOptions) {
  const url = given ?? `http://localhost:${env.PORT || 3000}`
  const authorization = `Bearer ${token ?? firstToken(env, scope)}`
  return async (method: string, path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`, { method, headers: { authorization } }).catch(() => {
      throw new UsageError(`No server answers at ${url}. Start it, or name it with --url.\n`)
    })
    if (response.status === 401 || response.status === 403) {
      throw new UsageError(
        `The server refuses the token. Set API_TOKENS, or use --token; it needs the scope ${scope}.\n`,
      )
    }
    return parseExact(await response.text()) as Record<string, unknown>
  }
}

/** Runs a command: its exit code is 2 for wrong arguments, or when the server can't be asked. */
export async function runAsking<Code extends number>(
  write: Terminal['write'],
  work: () => Promise<Code>,
): Promise<Code | 2> {
  try {
    return await work()
  } catch (error) {
    write(error instanceof UsageError ? error.message : `${(error as Error).message}\n`)
    return 2
  }
}

function firstToken({ API_TOKENS = '' }: Terminal['env'], scope: Scope): string {
  const tokens = API_TOKENS.split(/[,\n]/).map(text => readApiToken(text.trim()))
  return tokens.find(token => allows(token, scope))?.secret ?? ''
}
