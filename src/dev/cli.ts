#!/usr/bin/env node
/** `npx dynablock <command>`: the only other file that touches the process. */
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Command } from './commands/command.ts'

// As start.js does.
enableCompileCache(fileURLToPath(new URL('../../.compile-cache', import.meta.url)))

/** Each is loaded only when it is called. */
const commands: Record<string, { summary: string; load: () => Promise<Command> }> = {
  chat: {
    summary: 'talk with a block, as its contact',
    load: async () => {
      const [{ createChatCommand }, { openChat }] = await Promise.all([
        import('./commands/chat.ts'),
        import('../testing.ts'),
      ])
      return createChatCommand(openChat)
    },
  },
  new: {
    summary: 'write a block and its test',
    load: async () => (await import('./commands/new.ts')).runNew,
  },
  check: {
    summary: 'what is wrong with v2 content in files',
    load: async () => (await import('./commands/check.ts')).runCheck,
  },
  doctor: {
    summary: 'is everything set up that a server needs',
    load: async () => (await import('./commands/doctor.ts')).runDoctor,
  },
  replay: {
    summary: 'recorded conversations again, and what is answered otherwise',
    load: async () => {
      const [{ createReplayCommand }, { openChat }] = await Promise.all([
        import('./commands/replay.ts'),
        import('../testing.ts'),
      ])
      return createReplayCommand(openChat)
    },
  },
  sends: {
    summary: 'what waits and what died; retries it',
    load: async () => (await import('./commands/sends.ts')).runSends,
  },
  serve: {
    summary: 'the server, with the blocks of this folder',
    load: async () => (await import('./commands/serve.ts')).runServe,
  },
}

const help = `Usage: dynablock <command>

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(7)} ${summary}\n`)
  .join('')}
dynablock <command> --help tells more.
`

if (existsSync('.env')) process.loadEnvFile('.env')
const [name, ...args] = process.argv.slice(2)
const write = (text: string) => void process.stdout.write(text)
const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
if (command) {
  const run = await command.load()
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  async function* lines() {
    const reader = createInterface({ input: process.stdin, ...(interactive && { output: process.stdout }) })
    try {
      yield* reader
    } finally {
      // Whoever stops reading before the end would else be kept by the terminal.
      reader.close()
    }
  }
  const readStdin = () => text(process.stdin)
  process.exitCode = await run(args, {
    env: process.env,
    fetch,
    write,
    nodeVersion: process.version,
    readStdin,
    lines,
    interactive,
    serve,
  })
} else {
  write(help)
  process.exitCode = name === undefined || name === '--help' ? 0 : 2
}

async function serve(): Promise<number> {
  await import('../server.ts')
  return Number(process.exitCode ?? 0)
}
