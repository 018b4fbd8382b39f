/** Mutations of real JSON texts, with some tokens and bytes changed. */
import fc from 'fast-check'

/** Values that have broken parsers, ids of every length, and ManyChat's empty values. */
const trickyValues = [
  '""',
  '"{{last_input_text}}"',
  '"{{user_id}}"',
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '1.5e-9',
  '9007199254740993',
  '-1543835812530302162',
  '"-1543835812530302162"',
  '99999999999999999999999999999999',
  '0.1234567890123456789',
  '"9007199254740993123"',
  '":9007199254740993123,"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\"\\\\"',
  '"__proto__"',
  '"constructor"',
  '[]',
  '{}',
  '[[]]',
  '{"id":1}',
  '{"id":9007199254740993123,"key":"user:9007199254740993123"}',
  '{"__proto__":{"id":1}}',
  '{"constructor":{"prototype":{"id":1}}}',
  `"${'x'.repeat(3000)}"`,
  `"${'é'.repeat(700)}"`,
  `${'['.repeat(40)}${']'.repeat(40)}`,
  '"http://127.0.0.1/"',
  '"javascript:alert(1)"',
  '{% raw %}',
  '\ufeff',
] as const

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]|\s+/g

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...trickyValues) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(String) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
)

const mutation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('value' as const), at: fc.nat(), by: nasty }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('member' as const), at: fc.nat(), by: nasty }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('drop' as const, 'twice' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), by: fc.nat(255) }) },
)

/** One of the texts with up to six changes, as bytes, since the result may not be valid UTF-8. */
export function mutated(texts: readonly [string, ...string[]]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(mutation, { maxLength: 6 }))
    .map(([text, changes]) => changes.reduce(change, Buffer.from(text)))
}

function change(bytes: Buffer, { at, ...step }: { kind: string; at: number; by?: string | number }): Buffer {
  if (bytes.length === 0) return bytes
  if (step.kind === 'cut') return bytes.subarray(0, at % bytes.length)
  if (step.kind === 'byte') {
    const changed = Buffer.from(bytes)
    changed[at % bytes.length] = step.by as number
    return changed
  }
  const tokens = bytes.toString().match(token) ?? []
  const places = [...tokens.keys()].filter(i => step.kind === 'drop' || step.kind === 'twice' || isValue(tokens, i))
  const place = places[at % places.length]
  if (place === undefined) return bytes
  const old = tokens[place] as string
  const by = String(step.by)
  if (step.kind === 'value') tokens[place] = by
  else if (step.kind === 'member') tokens[place] = isInObject(tokens, place) ? `${old},"added":${by}` : `${old},${by}`
  else tokens[place] = step.kind === 'drop' ? '' : old + old
  return Buffer.from(tokens.join(''))
}

/** A scalar that isn't a key. */
function isValue(tokens: readonly string[], i: number): boolean {
  return /^["\dtfn-]/.test(tokens[i] as string) && tokens[i + 1] !== ':'
}

function isInObject(tokens: readonly string[], i: number): boolean {
  return tokens.slice(Math.max(0, i - 2), i).includes(':')
}
