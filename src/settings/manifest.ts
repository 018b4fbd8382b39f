import { readFileSync } from 'node:fs'

/** What `package.json` says of the package itself. */
export const manifest: { version: string; engines: { node: string } } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
