/** Reads the pages in docs/ and runs their programs. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Test } from 'tap'

export function readDoc(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
}

/** The first fenced code block in that language. */
export function findBlock(doc: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(doc)?.[1]
  if (block === undefined) throw new Error(`no block of ${language}`)
  return block
}

/** Runs the program of a page from its own file, which can import `dynablock` by name; returns its output. */
export async function runProgram(t: Test, name: string, env: Record<string, string>): Promise<string> {
  const folder = t.testdir({ 'program.ts': findBlock(readDoc(name), 'ts') })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  return stdout
}
