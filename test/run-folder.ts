/** Runs the tests of a folder in one process. Starting a process per file would take longer than most tests. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const withinMs = 600_000

/**
 * Runs every `*.test.ts` in the folder and below, except in folders with their own `all.ts`, and except `*.alone.test.ts`,
 * which change state that all modules share.
 */
export function runFolder(folder: string): void {
  // Imports within a test, so that tap waits for all files: it ends as soon as no test is pending.
  t.test('the files load', async () => {
    for (const file of testsOf(folder)) await import(file)
    // One limit for all files, replacing those that single files set for themselves.
    t.setTimeout(withinMs)
  })
}

function testsOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return existsSync(join(path, 'all.ts')) ? [] : testsOf(path)
      return /(?<!\.alone)\.test\.ts$/.test(entry.name) ? [path] : []
    })
}
