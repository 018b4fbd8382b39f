/** `npx dynablock sends`: lists and retries the sends of a running server. */
import type { SendView } from '../sends/send-view.ts'
import { apiOptions, createAsk, runAsking, UsageError } from './api.ts'
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock sends [options]              list waiting and dead sends
       dynablock sends retry <id>… [options]   retry these dead sends
       dynablock sends retry --all [options]   retry all dead sends

  --state <state>   only waiting, running, done, dead or cancelled
  --page <id>       only of that page
  --limit <n>       at most this many of each state, newest first; default 50
  --json            print a line of JSON for each
  --url <address>   the server's address; default http://localhost:<PORT>
  --token <token>   one of API_TOKENS; default the first with the scope sends

Example: dynablock sends --state dead --page 1234567890
`

const options = {
  state: { type: 'string' },
  page: { type: 'string' },
  limit: { type: 'string', default: '50' },
  all: { type: 'boolean', default: false },
  ...apiOptions,
} as const

/** Exits with 0 when done, 1 when the server refused a retry, 2 for wrong arguments or when it can't be asked. */
export function runSends(args: string[], terminal: Pick<Terminal, 'env' | 'fetch' | 'write'>): Promise<0 | 1 | 2> {
  const { write } = terminal
  return runAsking(write, async () => {
    const { values, positionals } = readArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    const ask = createAsk({ terminal, url: values.url, token: values.token, scope: 'sends' })
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
  })
}

function formatSend({ id, operation, page, addressee, attempts, last_error, not_before }: SendView): string {
  const why = last_error ? `  ${last_error.code}: ${last_error.message}` : ''
  return `  ${id}  ${operation}  page ${page ?? '–'}  to ${addressee ?? '–'}  ${attempts} attempts  ${not_before}${why}\n`
}
