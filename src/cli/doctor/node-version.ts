import { manifest } from '../../settings/manifest.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, problem } = findingsOf('node')

/** Checks that this Node is new enough. @param version like `v24.1.0` */
export function examineNode(version: string): Finding[] {
  const { engines } = manifest
  const isNewer = compare(numbersOf(version), numbersOf(engines.node)) >= 0
  if (isNewer) return [ok('Node.js', engines.node, version)]
  return [problem('Node.js', engines.node, version, 'Install a newer one, or use the container.')]
}

function numbersOf(version: string): number[] {
  return version.match(/\d+/g)?.map(Number) ?? []
}

function compare([first = 0, ...others]: number[], [wanted = 0, ...rest]: number[]): number {
  return first !== wanted || rest.length === 0 ? first - wanted : compare(others, rest)
}
