import { readFile } from 'node:fs/promises'
import { channels } from '../content/channels.ts'
import { brokenAt } from '../json/exact-json.ts'
import { type Position, positionAt, positionOf } from '../json/json-position.ts'
import type { Block } from './define.ts'
import { type Finding, type JsonBlock, readJsonBlock } from './json-block.ts'
import { type LoadProblem, loadProblem } from './load-error.ts'

export interface LoadJsonOptions {
  /** Callbacks may use http to this machine. */
  allowLoopback: boolean
  /** Called with each warning that holds on every channel the block fits. */
  onWarning(warning: string): void
}

/** Loads a JSON block, or returns the problems that every call would meet, in words for its author. */
export async function loadJsonBlock(file: string, options: LoadJsonOptions): Promise<Block | LoadProblem> {
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  try {
    const json = readJsonBlock(text)
    const findings = inspectOnEachChannel(json, options.allowLoopback)
    const describe = ({ path, rule, message }: Finding) => {
      return `${placeOf(positionOf(text, path))}, ${path || '/'} (${rule}): ${message}`
    }
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) {
      const got = `it is not valid content:${errors.map(finding => `\n  ${describe(finding)}`).join('')}`
      return { message: got, got }
    }
    for (const warning of findings) options.onWarning(describe(warning))
    return json.block
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const place = placeOf(positionAt(text, brokenAt(text) ?? 0))
    return loadProblem(`it is not valid JSON: the syntax breaks at ${place}`, 'Check the quotes and commas.')
  }
}

/** A block may suit some channels only: lists what is wrong on each of those, or on the first if it suits none. */
function inspectOnEachChannel({ inspect }: JsonBlock, allowLoopback: boolean): Finding[] {
  const byChannel = channels.map(channel => inspect({ channel, allowLoopback }))
  const taken = byChannel.filter(findings => findings.every(({ severity }) => severity !== 'error'))
  const [first = [], ...others] = taken.length > 0 ? taken : byChannel.slice(0, 1)
  return first.filter(finding => others.every(findings => findings.some(other => isSame(other, finding))))
}

function isSame(one: Finding, other: Finding): boolean {
  return one.path === other.path && one.rule === other.rule
}

function placeOf({ line, column }: Position): string {
  return `line ${line}, column ${column}`
}
