/** `npx dynablock sends`: lists, retries and cancels the sends of a running server. */
import type { SendView } from '../sends/send-view.ts'
import { apiOptions, createAsk, runAsking, UsageError } from './api.ts'
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock sends [options]              list waiting and dead sends
       dynablock sends retry <id>… [options]   retry these dead sends
       dynablock sends retry --all [options]   retry all dead sends
       dynablock sends cancel <id>… [options]  cancel these waiting or running sends
       dynablock sends cancel --all [options]  cancel all waiting and running sends

  --state <state>      only waiting, running, done, dead or cancelled
  --page <id>          only of that page
  --due-before <time>  only those that may go out before then, such as 2026-01-01T00:00:00Z
  --limit <n>          when listing, at most this many of each state, newest first; default 50
  --json               print a line of JSON for each
  --url <address>      the server's address; default http://localhost:<PORT>
  --token <token>      one of API_TOKENS; default the first with the scope sends

Example: dynablock sends --state dead --page 1234567890
`

const options = {
  state: { type: 'string' },
  page: { type: 'string' },
  'due-before': { type: 'string' },
  limit: { type: 'string', default: '50' },
  all: { type: 'boolean', default: false },
  ...apiOptions,
} as const

const verbs = {
  retry: { states: ['dead'], method: 'POST', path: '/retry', done: 'waits again' },
  cancel: { states: ['waiting', 'running'], method: 'DELETE', path: '', done: 'is cancelled' },
} as const

/** Exits with 0 when done, 1 when the server refused a change, 2 for wrong arguments or when it can't be asked. */
export function runSends(args: string[], terminal: Pick<Terminal, 'env' | 'fetch' | 'write'>): Promise<0 | 1 | 2> {
  const { write } = terminal
  return runAsking(write, async () => {
    const { values, positionals } = readArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    const ask = createAsk({ terminal, url: values.url, token: values.token, scope: 'sends' })
    const dueBefore = readTime(values['due-before'])
    const [verb, ...ids] = positionals
    if (verb === undefined) {
      const states = values.state ? [values.state] : ['dead', 'running', 'waiting']
      for (const state of states) print(await list({ state, limit: values.limit }), state)
      return 0
    }
    if (!isVerb(verb) || (ids.length === 0) !== values.all) throw new UsageError(help)
    const { states, method, path, done } = verbs[verb]
    return await change(values.all ? await listAll(states) : ids)

    async function list(filters: Record<string, string>): Promise<{ sends: SendView[]; next: string | null }> {
      const page: Record<string, string> = values.page === undefined ? {} : { page: values.page }
      const answer = await ask('GET', `/sends?${new URLSearchParams({ ...filters, ...page })}`)
      if (answer.detail !== undefined) throw new UsageError(`${answer.detail}\n`)
      const { sends, next } = answer as { sends: SendView[]; next: string | null }
      return { sends: sends.filter(({ not_before }) => Date.parse(not_before) < dueBefore), next }
    }

    async function listAll(states: readonly string[]): Promise<string[]> {
      const found: string[] = []
      for (const state of states) {
        for (let before: string | null = ''; before !== null; ) {
          const { sends, next } = await list({ state, limit: '500', ...(before && { before }) })
          found.push(...sends.map(({ id }) => id))
          before = next
        }
      }
      return found
    }

    async function change(ids: string[]): Promise<0 | 1> {
      let refused = 0
      for (const id of ids) {
        const { detail } = await ask(method, `/sends/${encodeURIComponent(id)}${path}`)
        if (detail !== undefined) refused++
        write(detail === undefined ? `${id} ${done}\n` : `${id}: ${detail}\n`)
      }
      return refused > 0 ? 1 : 0
    }

    function print({ sends }: { sends: SendView[] }, state: string): void {
      if (values.json) for (const send of sends) write(`${JSON.stringify(send)}\n`)
      else write(`${state}: ${sends.length === 0 ? 'none' : ''}\n${sends.map(formatSend).join('')}`)
    }
  })
}

function isVerb(text: string): text is keyof typeof verbs {
  return Object.hasOwn(verbs, text)
}

/** Without one, everything is before it. */
function readTime(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new UsageError('--due-before must be a date-time with its offset, such as 2026-01-01T00:00:00Z.\n')
  }
  return Date.parse(text)
}

function formatSend({ id, operation, page, addressee, attempts, last_error, not_before }: SendView): string {
  const why = last_error ? `  ${last_error.code}: ${last_error.message}` : ''
  return `  ${id}  ${operation}  page ${page ?? '–'}  to ${addressee ?? '–'}  ${attempts} attempts  ${not_before}${why}\n`
}
