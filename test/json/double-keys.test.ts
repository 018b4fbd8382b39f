import t from 'tap'
import { requireSingleKeys } from '../../src/json/double-keys.ts'

t.test('a key that occurs twice in one object is named, wherever that object stands', async t => {
  for (const [json, key] of [
    ['{"contact":{"id":42},"note":"x","contact":{"id":666}}', 'contact'],
    ['{"contact" : {"id":42},"note":"x","contact"\n\t: {"id":666}}', 'contact'],
    ['{"contact":{"id":42,"name":"x","id":666}}', 'id'],
    ['{"a":[{"b":[{"deep":1,"deep":2}]}]}', 'deep'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"same":1,"same":1}', 'same'],
    ['{"":1,"":2}', ''],
    ['{"z\\\\":1,"a":1,"a":2}', 'a'],
    [`{"${'k'.repeat(50)}":1,"${'k'.repeat(50)}":2}`, 'k'.repeat(40)],
  ] as const) {
    const expected = { code: 'DYN_BODY_REFUSED', got: `the key "${key}" twice in one object` }
    t.throws(() => requireSingleKeys(json, keysOf(JSON.parse(json))), expected, json)
  }
})

t.test('text that looks like keys is text', async t => {
  for (const value of [
    {},
    [],
    'text',
    { a: '","a":"x' },
    { note: 'say \\":\\" or ":"', more: '":":":', '":': 1 },
    { history: JSON.stringify([{ role: 'user', text: 'hi' }]), role: 'x' },
    { 'z\\': 1, '"': '"', ':': ':' },
    { a: { id: 1 }, b: { id: 1 }, c: [{ id: 1 }, { id: 1 }] },
  ]) {
    for (const spaces of [0, 2]) {
      const json = JSON.stringify(value, null, spaces)
      t.doesNotThrow(() => requireSingleKeys(json, keysOf(value)), json)
    }
  }
})

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value).reduce<number>((sum, member) => sum + keysOf(member), 0)
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length)
}
