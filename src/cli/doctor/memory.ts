import { createCipher } from '../../settings/cipher.ts'
import { type Finding, findingsOf } from './finding.ts'
import type { SealedMemories } from './store.ts'

const { ok, warning, problem } = findingsOf('memory')

/** Checks which of STATE_KEYS still decrypt what blocks remember. */
export function examineMemory(memories: readonly SealedMemories[], stateKeys: readonly string[]): Finding[] {
  if (stateKeys.length === 0) return []
  const [current, ...older] = createCipher(stateKeys, 'memory').keyNames
  const countOf = (name: string) => memories.find(({ sealed_by }) => sealed_by === name)?.count ?? 0
  const foreign = memories.filter(({ sealed_by }) => sealed_by !== current && !older.includes(sealed_by))
  const lost = foreign.reduce((sum, { count }) => sum + count, 0)
  return [
    ...(countOf(current) > 0 ? [ok('STATE_KEYS', 'memory that its first key decrypts', amount(countOf(current)))] : []),
    ...older.map((name, index) => examineOlder(`key ${index + 2} of STATE_KEYS`, countOf(name))),
    ...(lost > 0
      ? [problem('STATE_KEYS', 'every key that encrypted memory', `${amount(lost)} of another key`, putBack)]
      : []),
  ]
}

const putBack =
  'Put the old key after the new one until this says that it may go. Until then those contacts get the fallback.'

function examineOlder(subject: string, count: number): Finding {
  const expected = 'a key that no memory needs'
  if (count === 0) return ok(subject, expected, 'it: it may go when its last button has expired')
  return warning(subject, expected, `${amount(count)}`, 'Keep it: a running server encrypts them again within minutes.')
}

function amount(count: number): string {
  return `${count} ${count === 1 ? 'memory' : 'memories'}`
}
