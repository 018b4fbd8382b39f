/** `npx dynablock check`: reports problems in files of v2 content, in a terminal or in CI. */
import { readFile } from 'node:fs/promises'
import { type Finding, readJsonBlock } from '../blocks/json-block.ts'
import { type Channel, channels } from '../content/channels.ts'
import { inspectContent } from '../content/check.ts'
import type { InspectOptions } from '../content/inspect.ts'
import { isError } from '../content/problem.ts'
import { brokenAt, parseBigints } from '../json/exact-json.ts'
import { type Position, positionAt, positionOf } from '../json/json-position.ts'
import { readArgs, type Terminal } from './command.ts'

type Line = Position & Omit<Finding, 'rule'> & { file: string; rule: Finding['rule'] | 'json' }

const help = `Usage: dynablock check <file>… [options]   find mistakes in v2 content; - reads standard input

A file has a complete answer, { "version": "v2", "content": … }, content alone, or a JSON block.

  --channel <name>   ${channels.join(', ')};
                     default: the content's "type", else messenger
  --plain            take strings literally, not as templates
  --outside-flow     check content that is delivered later, when no flow is running
  --strict           fail on warnings and on what the server repairs, too
  --json             print a line of JSON for each problem

The exit code is 0 if nothing is wrong, 1 if something is, and 2 if the files could not be checked.

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

/** Exits with 0 when nothing is wrong, 1 when something is, 2 when the files could not be checked. */
export async function runCheck(
  args: string[],
  { write, readStdin }: Pick<Terminal, 'write' | 'readStdin'>,
): Promise<0 | 1 | 2> {
  try {
    const { values, positionals: files } = readArgs({ args, options, allowPositionals: true })
    if (values.help) {
      write(help)
      return 0
    }
    if (files.length === 0) throw new Error(`No file is named.\n\n${help}`)
    const code = files.find(file => /\.[cm]?[jt]s$/.test(file))
    if (code)
      throw new Error(`${code} is code: tsc checks it, and the server checks what it answers. Name files of JSON.`)
    const inspect = inspectBy(values.plain, { outsideFlow: values['outside-flow'], ...readChannel(values.channel) })
    // Read every file before reporting: if one is missing, none is checked.
    const texts = await Promise.all(files.map(file => (file === '-' ? readStdin() : readText(file))))
    const lines = files.flatMap((file, i) => checkText(file, texts[i] as string, inspect))
    write(lines.map(line => (values.json ? `${JSON.stringify(line)}\n` : formatLine(line))).join(''))
    if (!values.json) write(summarize(files.length, lines))
    return lines.some(isError) || (values.strict && lines.length > 0) ? 1 : 0
  } catch (error) {
    write(`${(error as Error).message.trimEnd()}\n`)
    return 2
  }
}

function readChannel(name: string | undefined): { channel?: Channel } {
  if (name === undefined) return {}
  const channel = channels.find(channel => channel === name)
  if (channel) return { channel }
  throw new Error(`--channel must be one of ${channels.join(', ')}; got "${name}".`)
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    // A shell passes a pattern on as it is when no file matches.
    if (file.includes('*')) throw new Error(`No file matches ${file}. Blocks in TypeScript are checked by tsc.`)
    throw new Error(`Cannot read ${file} (${code}). Check its path.`)
  })
}

type Inspect = (text: string) => Finding[]

function inspectBy(plain: boolean, options: InspectOptions): Inspect {
  return plain ? text => inspectContent(parseBigints(text), options) : text => readJsonBlock(text).inspect(options)
}

/** The problems of a text, in the order of their positions. */
function checkText(file: string, given: string, inspect: Inspect): Line[] {
  const text = given.replace(/^\ufeff/, '')
  const broken = brokenAt(text)
  if (broken !== null) {
    const [expected, remedy] = ['JSON', 'Check the quotes and commas.']
    const message = `This is not JSON: it breaks here. ${remedy}`
    const fault = { path: '', rule: 'json', severity: 'error', message, expected, remedy } as const
    return [{ file, ...positionAt(text, broken), ...fault }]
  }
  const lines = inspect(text).map(finding => ({ file, ...positionOf(text, finding.path), ...finding }))
  return lines.sort((one, other) => one.line - other.line || one.column - other.column)
}

function formatLine({ file, line, column, severity, rule, message }: Line): string {
  return `${file}:${line}:${column} ${severity} ${rule} ${message}\n`
}

function summarize(files: number, lines: readonly Line[]): string {
  const numberOf = (severity: Line['severity']) => lines.filter(line => line.severity === severity).length
  const repaired = numberOf('repaired')
  const found = `${count(numberOf('error'), 'error')}, ${count(numberOf('warning'), 'warning')}`
  return `${count(files, 'file')} checked: ${found}${repaired > 0 ? `, ${repaired} repaired` : ''}\n`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
