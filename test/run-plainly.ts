/** Runs a program with Node as a user does, and returns its output. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Variables that the test runner sets for child processes. It adds them to every environment that a test passes, so only
 * another program can remove them: `env`. With them a nested test runner would report to this one, and vitest, which
 * transforms our files, would spoil their coverage.
 */
const dropped = ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_TEST_CONTEXT', 'TAP'].flatMap(name => ['-u', name])

export async function runPlainly(args: string[], cwd = '.'): Promise<string> {
  const { stdout } = await promisify(execFile)('env', [...dropped, process.execPath, ...args], { cwd })
  return stdout
}
