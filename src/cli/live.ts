/** `npx dynablock live`: a server in development that ManyChat reaches through a tunnel. */
import { readArgs, type Terminal } from './command.ts'

const help = `Usage: dynablock live --url <https address>

Serves the blocks in BLOCKS_DIR (default ./blocks) in development, at the address of a tunnel to this machine. ManyChat
reaches the blocks through it; the simulator stays on this machine.

Example: dynablock live --url https://blue-moon.trycloudflare.com
`

const options = { url: { type: 'string' }, help: { type: 'boolean', default: false } } as const

export async function runLive(
  args: string[],
  { env, write, serve }: Pick<Terminal, 'env' | 'write' | 'serve'>,
): Promise<number> {
  try {
    const { values } = readArgs({ args, options })
    if (values.url) return await serve(values.url)
    write(values.help ? help : tunnelLines(env.PORT || '3000'))
    return 0
  } catch (error) {
    write(`${(error as Error).message}\n`)
    return 2
  }
}

function tunnelLines(port: string): string {
  return `Start a tunnel, then the server with the address that the tunnel prints:

  cloudflared tunnel --url http://localhost:${port}
  npx dynablock live --url https://<address>
`
}
