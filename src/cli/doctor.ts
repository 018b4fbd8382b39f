/** `npx dynablock doctor`: checks the whole setup of a server. */
import { readArgs, type Terminal } from './command.ts'
import { examine } from './doctor/examine.ts'
import type { Finding, Level } from './doctor/finding.ts'

const help = `Usage: dynablock doctor [options]   check the whole setup

Checks the settings (from the environment and .env), PUBLIC_URL, the store, the key of each page, the blocks, and whether
every tag, field and flow that they name exists. It changes nothing and runs no block.

  --timeout <seconds>   how long each check may take; default 10
  --problems            leave out checks that are ok
  --json                print one object: { healthy, findings: [{ check, level, subject, expected, got, remedy }] }

The exit code is 0 if there is no problem, 1 if there is one, and 2 if nothing could be checked.

Example: dynablock doctor --problems
`

const options = {
  timeout: { type: 'string', default: '10' },
  problems: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Exits with 0 when there is no problem, 1 when there is one, 2 for wrong arguments. */
export async function runDoctor(
  args: string[],
  { env, fetch, write, nodeVersion }: Pick<Terminal, 'env' | 'fetch' | 'write' | 'nodeVersion'>,
): Promise<0 | 1 | 2> {
  try {
    const { values } = readArgs({ args, options })
    if (values.help) {
      write(help)
      return 0
    }
    const timeoutMs = readTimeout(values.timeout)
    const found = await examine({ env, fetch, nodeVersion, timeoutMs })
    const healthy = !found.some(({ level }) => level === 'problem')
    const findings = values.problems ? found.filter(({ level }) => level !== 'ok') : found
    if (values.json) write(`${JSON.stringify({ healthy, findings }, null, 2)}\n`)
    else write(`${findings.map(formatFinding).join('')}${summarize(found)}`)
    return healthy ? 0 : 1
  } catch (error) {
    write(`${(error as Error).message}\n`)
    return 2
  }
}

function readTimeout(text: string): number {
  const seconds = Number(text)
  if (seconds > 0 && seconds <= 600) return seconds * 1000
  throw new Error('--timeout must be a number of seconds, at most 600.')
}

function formatFinding({ check, level, subject, expected, got, remedy }: Finding): string {
  const head = `${level.padEnd(8)} ${check.padEnd(14)} ${subject}`
  if (level === 'ok') return `${head}: ${got === 'it' ? expected : `${expected}: ${got}`}\n`
  const parts = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ')
  return `${`${head}: ${parts}. ${remedy}`.trimEnd()}\n`
}

function summarize(findings: readonly Finding[]): string {
  const count = (wanted: Level) => findings.filter(({ level }) => level === wanted).length
  const [problems, warnings] = [count('problem'), count('warning')]
  const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  return `${plural(problems, 'problem')}, ${plural(warnings, 'warning')}, ${count('skipped')} skipped, ${count('ok')} ok\n`
}
