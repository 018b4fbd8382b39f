/** `npx dynablock sends`: lists and retries the sends of a running server. */
import { parseExact } from '../json/exact-json.ts'
import type { SendView } from '../sends/send-view.ts'
import { allows, readApiToken } from '../settings/credentials.ts'
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock sends [options]              list waiting and dead sends
       dynablock sends retry <id>… [options]   retry these dead sends
       dynablock sends retry --all [options]   retry all dead sends

  --state <state>   only waiting, running, done, dead or cancelled
  --page <id>       only of that page
  --limit <n>       at most this many of each state, newest first; default 50
  --json            print a line of JSON for each
  --url <address>   the server's address; default http://localhost:<PORT>
  --token <token>   one of API_TOKENS; default the first of that setting

Example: dynablock sends --state dead --page 1234567890
`

const options = {
  state: { type: 'string' },
  page: { type: 'string' },
  limit: { type: 'string', default: '50' },
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  url: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** Exits with 0 when done, 1 when the server refused a retry, 2 for wrong arguments or when it can't be asked. */
export async function runSends(
  args: string[],
  { env, fetch, write }: Pick<Terminal, 'env' | 'fetch' | 'write'>,
): Promise<0 | 1 | 2> {
  try {
    const { values, positionals } = readArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    const ask = createAsk(fetch, values.url ?? `http://localhost:${env.PORT || 3000}`, values.token ?? firstToken(env))
    const filters = { ...(values.page && { page: values.page }), limit: values.limit }
    const [verb, ...ids] = positionals
    if (verb === undefined) {
      const states = values.state ? [values.state] : ['dead', 'running', 'waiting']
      for (const state of states)
        await print(await ask('GET', `/sends?${new URLSearchParams({ ...filters, state })}`), state)
      return 0
    }
    if (verb !== 'retry' || (ids.length === 0) !== values.all) throw new UsageError(help)
    return await retry(values.all ? await listDead() : ids)

    async function listDead(): Promise<string[]> {
      const { sends } = await ask('GET', `/sends?${new URLSearchParams({ ...filters, state: 'dead' })}`)
      return (sends as SendView[]).map(({ id }) => id)
    }

    async function retry(ids: string[]): Promise<0 | 1> {
      let refused = 0
      for (const id of ids) {
        const { detail } = await ask('POST', `/sends/${encodeURIComponent(id)}/retry`)
        if (detail !== undefined) refused++
        write(detail === undefined ? `${id} waits again\n` : `${id}: ${detail}\n`)
      }
      return refused > 0 ? 1 : 0
    }

    async function print({ sends, detail }: Record<string, unknown>, state: string): Promise<void> {
      if (detail !== undefined) throw new UsageError(`${detail}\n`)
      const listed = sends as SendView[]
      if (values.json) for (const send of listed) write(`${JSON.stringify(send)}\n`)
      else write(`${state}: ${listed.length === 0 ? 'none' : ''}\n${listed.map(formatSend).join('')}`)
    }
  } catch (error) {
    write(error instanceof UsageError ? error.message : `${(error as Error).message}\n`)
    return 2
  }
}

class UsageError extends Error {}

function formatSend({ id, operation, page, addressee, attempts, last_error, not_before }: SendView): string {
  const why = last_error ? `  ${last_error.code}: ${last_error.message}` : ''
  return `  ${id}  ${operation}  page ${page ?? '–'}  to ${addressee ?? '–'}  ${attempts} attempts  ${not_before}${why}\n`
}

function firstToken({ API_TOKENS = '' }: Terminal['env']): string {
  const tokens = API_TOKENS.split(/[,\n]/).map(text => readApiToken(text.trim()))
  return tokens.find(token => allows(token, 'sends'))?.secret ?? ''
}

/** Makes the function that asks the server. A refusal returns its problem object, with `detail`. */
function createAsk(fetch: typeof globalThis.fetch, url: string, token: string) {
  return async (method: string, path: string): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${url}${path}`, { method, headers }).catch(() => {
      throw new UsageError(`No server answers at ${url}. Start it, or name it with --url.\n`)
    })
    if (response.status === 401) throw new UsageError('The server refuses the token. Set API_TOKENS, or use --token.\n')
    return parseExact(await response.text()) as Record<string, unknown>
  }
}
