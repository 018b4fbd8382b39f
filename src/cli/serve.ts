/** `npx dynablock serve`: starts the server with the blocks of the current folder. */
import type { Terminal } from './command.ts'

const help = `Usage: dynablock serve

Serves the blocks in BLOCKS_DIR (default ./blocks), or the examples if there is no such folder. Settings come from the
environment and from .env. It is production unless NODE_ENV is development.

Example: PORT=8080 dynablock serve
`

export async function runServe(args: string[], { write, serve }: Pick<Terminal, 'write' | 'serve'>): Promise<number> {
  if (args.length === 0) return serve()
  write(help)
  return args[0] === '--help' ? 0 : 2
}
