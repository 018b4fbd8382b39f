/** Starts the server in its own process, like `npm start`, in a given folder, and collects its output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './helper.ts'

const root = resolvePath(import.meta.dirname, '..')
const { scripts } = JSON.parse(readFileSync(resolvePath(root, 'package.json'), 'utf8'))
/** Node's option, the program, and the program's own option. */
const [, option, startProgramPath, mode]: string[] = scripts.start.replace(/^exec /, '').split(' ')

export async function runServer(t: Test, cwd: string, env: Record<string, string>) {
  const port = await freePort()
  return { url: `http://127.0.0.1:${port}`, ...startServer(t, cwd, { HOST: '127.0.0.1', PORT: String(port), ...env }) }
}

export function startServer(t: Test, cwd: string, env: Record<string, string>, file = String(startProgramPath)) {
  return startProgram(t, cwd, env, [file, String(mode)])
}

/** @param args a program of the repository, and its arguments */
export function startProgram(t: Test, cwd: string, env: Record<string, string>, [file, ...args]: string[]) {
  const child: ChildProcess = spawn(process.execPath, [String(option), resolvePath(root, String(file)), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  })
  t.teardown(() => child.kill('SIGKILL'))
  let text = ''
  let hear = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', chunk => {
      text += chunk
      hear()
    })
  }
  const exit = once(child, 'close').then(([code]) => code as number)
  return { child, exit, output: () => text, printed }

  /** Resolves when the output matches; rejects if the process ends first. */
  function printed(words: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      hear = () => words.test(text) && resolve()
      hear()
      exit.then(code => reject(new Error(`it ended with ${code}: ${text}`)))
    })
  }
}
