/** `npx dynablock contacts`: shows and erases what a running server holds about a contact. */
import { apiOptions, createAsk, runAsking, UsageError } from './api.ts'
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock contacts show <id> [options]     show everything that is held about a contact
       dynablock contacts forget <id>… [options]  erase these contacts, and cancel what waits

  --page <id>       the contact's page; default the page of calls that name none
  --json            print JSON on one line
  --url <address>   the server's address; default http://localhost:<PORT>
  --token <token>   one of API_TOKENS; default the first with the scope contacts

Example: dynablock contacts forget 9007199254740993123 --page 1234567890
`

const options = { page: { type: 'string' }, ...apiOptions } as const

/** Exits with 0 when done, 1 when the server refused, 2 for wrong arguments or when it can't be asked. */
export function runContacts(args: string[], terminal: Pick<Terminal, 'env' | 'fetch' | 'write'>): Promise<0 | 1 | 2> {
  const { write } = terminal
  return runAsking(write, async () => {
    const { values, positionals } = readArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    const ask = createAsk({ terminal, url: values.url, token: values.token, scope: 'contacts' })
    const query = values.page === undefined ? '' : `?${new URLSearchParams({ page: values.page })}`
    const [verb, ...contacts] = positionals
    if (contacts.length === 0 || !(verb === 'forget' || (verb === 'show' && contacts.length === 1))) {
      throw new UsageError(help)
    }
    let refused = 0
    for (const contact of contacts) {
      const path = `/contacts/${encodeURIComponent(contact)}${query}`
      const { detail, ...answer } = await ask(verb === 'show' ? 'GET' : 'DELETE', path)
      if (detail !== undefined) refused++
      if (detail !== undefined) write(`contact ${contact}: ${detail}\n`)
      else
        write(
          verb === 'forget' ? `contact ${contact}: erased\n` : `${JSON.stringify(answer, null, values.json ? 0 : 2)}\n`,
        )
    }
    return refused > 0 ? 1 : 0
  })
}
