/** `npx dynablock app-keys`: lists and removes the App Keys of a running server. */
import { apiOptions, createAsk, runAsking, UsageError } from './api.ts'
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock app-keys list [options]            list the pages that the app is installed on
       dynablock app-keys remove <page>… [options]  remove the App Keys of these pages

  --json            print a line of JSON for each
  --url <address>   the server's address; default http://localhost:<PORT>
  --token <token>   one of API_TOKENS; default the first with the scope apps

Example: dynablock app-keys remove 1234567890
`

interface Listed {
  page: string
  app_id: string | null
  installed_at: string
  uninstalled_at: string | null
}

/** Exits with 0 when done, 1 when a page has no App Key, 2 for wrong arguments or when the server can't be asked. */
export function runAppKeys(args: string[], terminal: Pick<Terminal, 'env' | 'fetch' | 'write'>): Promise<0 | 1 | 2> {
  const { write } = terminal
  return runAsking(write, async () => {
    const { values, positionals } = readArgs({ args, options: apiOptions, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    const ask = createAsk({ terminal, url: values.url, token: values.token, scope: 'apps' })
    const [verb, ...pages] = positionals
    if (verb === 'list' && pages.length === 0) return list()
    if (verb === 'remove' && pages.length > 0) return remove()
    throw new UsageError(help)

    async function list(): Promise<0> {
      const { app_keys, detail } = await ask('GET', '/app-keys')
      if (detail !== undefined) throw new UsageError(`${detail}\n`)
      const listed = app_keys as Listed[]
      if (values.json) for (const installed of listed) write(`${JSON.stringify(installed)}\n`)
      else write(listed.length === 0 ? 'none\n' : listed.map(format).join(''))
      return 0
    }

    async function remove(): Promise<0 | 1> {
      let refused = 0
      for (const page of pages) {
        const { detail } = await ask('DELETE', `/app-keys/${encodeURIComponent(page)}`)
        if (detail !== undefined) refused++
        write(detail === undefined ? `page ${page}: removed\n` : `page ${page}: ${detail}\n`)
      }
      return refused > 0 ? 1 : 0
    }
  })
}

function format({ page, app_id, installed_at, uninstalled_at }: Listed): string {
  const uninstalled = uninstalled_at === null ? '' : `  uninstalled ${uninstalled_at}`
  return `page ${page}  app ${app_id ?? '–'}  installed ${installed_at}${uninstalled}\n`
}
