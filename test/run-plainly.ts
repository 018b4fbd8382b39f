/** Runs a program with Node as a user does, and returns what it prints. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * What the runner of this test adds for its children is dropped only by another program: it is put back into every
 * environment that a test gives. With it a test runner reports to this one, and vitest, which runs our files in another form,
 * spoils their coverage.
 */
const dropped = ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_TEST_CONTEXT', 'TAP'].flatMap(name => ['-u', name])

export async function runPlainly(args: string[], cwd = '.'): Promise<string> {
  const { stdout } = await promisify(execFile)('env', [...dropped, process.execPath, ...args], { cwd })
  return stdout
}
