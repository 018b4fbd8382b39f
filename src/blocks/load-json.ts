import { readFile } from 'node:fs/promises'
import { channels } from '../content/channels.ts'
import { brokenAt } from '../exact-json.ts'
import { type Position, positionAt, positionOf } from '../json-position.ts'
import type { Block } from './define.ts'
import { type Finding, type JsonBlock, readJsonBlock } from './json-block.ts'

export interface LoadJsonOptions {
  /** Callbacks may go to http on this machine. */
  allowLoopback: boolean
  /** Is told what no channel shows as it is meant. */
  onWarning(warning: string): void
}

/** Loads a JSON block; what is wrong with it, whoever calls, comes back as text for its author. */
export async function loadJsonBlock(file: string, options: LoadJsonOptions): Promise<Block | string> {
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  try {
    const json = readJsonBlock(text)
    const findings = inspectOnEachChannel(json, options.allowLoopback)
    const describe = ({ path, rule, message }: Finding) => {
      return `${placeOf(positionOf(text, path))}, ${path || '/'} (${rule}): ${message}`
    }
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) return `it is no content:${errors.map(finding => `\n  ${describe(finding)}`).join('')}`
    for (const warning of findings) options.onWarning(describe(warning))
    return json.block
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const place = placeOf(positionAt(text, brokenAt(text) ?? 0))
    return `it is no JSON: it breaks off at ${place}. Check the quotes and commas.`
  }
}

/** A block may be for some channels only: what is wrong on each that takes it, or on the first when none does. */
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
