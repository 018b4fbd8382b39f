/** `npx dynablock check`: says what is wrong with files of v2 content, in a terminal and in CI. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Finding, readJsonBlock } from '../../blocks/json-block.ts'
import { type Channel, channels } from '../../content/channels.ts'
import { inspectDocument } from '../../content/document.ts'
import type { InspectOptions } from '../../content/inspect.ts'
import { brokenAt, parseBigints } from '../../exact-json.ts'
import { type Position, positionAt, positionOf } from '../../json-position.ts'
import type { Terminal } from './command.ts'

/** A line of the report. */
type Line = Position & Omit<Finding, 'rule'> & { file: string; rule: Finding['rule'] | 'json' }

const help = `Usage: dynablock check <file>… [options]   what is wrong with v2 content; - reads standard input

Takes whole answers, { "version": "v2", "content": … }, content alone, and JSON blocks.

  --channel <name>   ${channels.join(', ')};
                     default what "type" says, else messenger
  --plain            strings are as they are sent, not templates
  --outside-flow     it is delivered later, when no flow is running
  --strict           warnings fail too
  --json             a line of JSON for each problem

The exit code is 0 when nothing is wrong, 1 when something is, and 2 when the files could not be checked.

Example: dynablock check blocks/*.json --channel whatsapp
`

const options = {
  channel: { type: 'string' },
  plain: { type: 'boolean', default: false },
  'outside-flow': { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Runs the command. */
export async function runCheck(
  args: string[],
  { write, readStdin }: Pick<Terminal, 'write' | 'readStdin'>,
): Promise<0 | 1 | 2> {
  try {
    const { values, positionals: files } = parseArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    if (files.length === 0) throw new Error(`Expected a file to check, got none.\n\n${help}`)
    const inspect = inspectBy(values.plain, { outsideFlow: values['outside-flow'], ...readChannel(values.channel) })
    // All are read before anything is said: with one that isn't there, nothing is checked.
    const texts = await Promise.all(files.map(file => (file === '-' ? readStdin() : readText(file))))
    const lines = files.flatMap((file, i) => checkText(file, texts[i] as string, inspect))
    write(lines.map(line => (values.json ? `${JSON.stringify(line)}\n` : formatLine(line))).join(''))
    const errors = lines.filter(({ severity }) => severity === 'error').length
    if (!values.json) write(summarize(files.length, errors, lines.length - errors))
    return errors > 0 || (values.strict && lines.length > 0) ? 1 : 0
  } catch (error) {
    write(`${(error as Error).message.trimEnd()}\n`)
    return 2
  }
}

function readChannel(name: string | undefined): { channel?: Channel } {
  if (name === undefined) return {}
  const channel = channels.find(channel => channel === name)
  if (channel) return { channel }
  throw new Error(`Expected --channel to be one of ${channels.join(', ')}, got "${name}". Name one of them.`)
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`Expected a file that can be read, got ${code} for ${file}. Look at its path.`)
  })
}

type Inspect = (text: string) => Finding[]

function inspectBy(plain: boolean, options: InspectOptions): Inspect {
  return plain ? text => inspectDocument(parseBigints(text), options) : text => readJsonBlock(text).inspect(options)
}

/** The problems of a text in the order in which they stand in it. */
function checkText(file: string, given: string, inspect: Inspect): Line[] {
  const text = given.replace(/^\ufeff/, '')
  const broken = brokenAt(text)
  if (broken !== null) {
    const message = 'Expected JSON, got text that breaks off here. Check the quotes and commas.'
    return [{ file, ...positionAt(text, broken), path: '', rule: 'json', severity: 'error', message }]
  }
  const lines = inspect(text).map(finding => ({ file, ...positionOf(text, finding.path), ...finding }))
  return lines.sort((one, other) => one.line - other.line || one.column - other.column)
}

function formatLine({ file, line, column, severity, rule, message }: Line): string {
  return `${file}:${line}:${column} ${severity} ${rule} ${message}\n`
}

function summarize(files: number, errors: number, warnings: number): string {
  return `${count(files, 'file')} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
