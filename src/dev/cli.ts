#!/usr/bin/env node
/** `npx dynablock <command>`: the only other file that touches the process. */
import { existsSync } from 'node:fs'
import { runSends } from './sends-command.ts'

const help = `Usage: dynablock <command>

  sends   what waits and what died; retries it

dynablock <command> --help tells more.
`

if (existsSync('.env')) process.loadEnvFile('.env')
const [command, ...args] = process.argv.slice(2)
const write = (text: string) => void process.stdout.write(text)
if (command === 'sends') {
  process.exitCode = await runSends(args, { env: process.env, fetch, write })
} else {
  write(help)
  process.exitCode = command === undefined || command === '--help' ? 0 : 2
}
