/**
 * `fixtures/replies/<valid or invalid>/<channel>/<what is tested>.json`: content, options, expected problems, and what is
 * repaired.
 */
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Channel } from '../../src/content/channels.ts'
import type { InspectOptions } from '../../src/content/inspect.ts'
import type { Problem } from '../../src/content/problem.ts'

export type Listed = Pick<Problem, 'path' | 'rule' | 'severity'>

export interface Case {
  name: string
  channel: Channel
  content: unknown
  options?: InspectOptions
  problems: Listed[]
  /** What is sent instead, where that differs by more than the type. */
  repaired?: unknown
}

export function readCases(kind: 'valid' | 'invalid'): Case[] {
  return globSync(`fixtures/replies/${kind}/*/*.json`)
    .sort()
    .map(file => ({
      problems: [],
      ...JSON.parse(readFileSync(file, 'utf8')),
      name: basename(file, '.json'),
      channel: basename(dirname(file)),
    }))
}
