/** `npx dynablock <command>`. Besides server.ts, the only file that touches the process. */
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { closest } from 'fastest-levenshtein'
import type { Command } from './command.ts'
import { loadDev, refuse } from './load-dev.ts'

// The same cache as start.js uses.
enableCompileCache(fileURLToPath(new URL('../../.compile-cache', import.meta.url)))

/** A command is loaded only when it runs. */
const commands: Record<string, { summary: string; load: () => Promise<Command> }> = {
  chat: {
    summary: 'talk with a block, as its contact',
    load: async () => {
      const { createChatCommand } = await loadDev('dynablock chat', () => import('../dev/commands/chat.ts'))
      return createChatCommand((await import('../testing.ts')).openChat)
    },
  },
  new: {
    summary: 'write a block and its test',
    load: async () => (await loadDev('dynablock new', () => import('../dev/commands/new.ts'))).runNew,
  },
  'app-keys': {
    summary: 'list and remove installed App Keys',
    load: async () => (await import('./app-keys.ts')).runAppKeys,
  },
  contacts: {
    summary: 'show and erase what is held about a contact',
    load: async () => (await import('./contacts.ts')).runContacts,
  },
  check: {
    summary: 'find mistakes in v2 content',
    load: async () => (await import('./check.ts')).runCheck,
  },
  doctor: {
    summary: 'check the whole setup',
    load: async () => {
      // It reads blocks with stripTypeScriptTypes, which prints an experimental warning.
      process.removeAllListeners('warning')
      return (await import('./doctor.ts')).runDoctor
    },
  },
  replay: {
    summary: 'repeat recorded conversations and compare the answers',
    load: async () => {
      const { createReplayCommand } = await loadDev('dynablock replay', () => import('../dev/commands/replay.ts'))
      return createReplayCommand((await import('../testing.ts')).openChat)
    },
  },
  sends: {
    summary: 'list waiting and dead sends, and retry them',
    load: async () => (await import('./sends.ts')).runSends,
  },
  live: {
    summary: 'try the blocks of this folder with ManyChat, through a tunnel',
    load: async () => (await import('./live.ts')).runLive,
  },
  serve: {
    summary: 'serve the blocks of this folder',
    load: async () => (await import('./serve.ts')).runServe,
  },
}

const help = `Usage: dynablock <command>

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`)
  .join('')}
dynablock <command> --help lists the options.
`

if (existsSync('.env')) process.loadEnvFile('.env')
const [name, ...args] = process.argv.slice(2)
const write = (text: string) => void process.stdout.write(text)
const found = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
if (found) process.exitCode = await run(found)
else {
  const isAsked = name === undefined || name === '--help'
  if (!isAsked) write(`No command is called "${name}". Did you mean "${closest(name, Object.keys(commands))}"?\n\n`)
  write(help)
  process.exitCode = isAsked ? 0 : 2
}

async function run({ load }: (typeof commands)[string]): Promise<number> {
  const command = await load().catch(refuse)
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  const readStdin = () => text(process.stdin)
  return command(args, {
    env: process.env,
    fetch,
    write,
    nodeVersion: process.version,
    readStdin,
    lines,
    interactive,
    serve,
  })

  async function* lines() {
    const reader = createInterface({ input: process.stdin, ...(interactive && { output: process.stdout }) })
    try {
      yield* reader
    } finally {
      // A command that stops reading early would otherwise hang on the open terminal.
      reader.close()
    }
  }
}

async function serve(liveUrl?: string): Promise<number> {
  await (await import('../server.ts')).serve({ liveUrl })
  return Number(process.exitCode ?? 0)
}
