import t from 'tap'
import { readMemory, writeMemory } from '../../src/contacts/memory-value.ts'
import { Type } from '../../src/index.ts'

const Any = Type.Unknown()

t.test('JSON comes back as it was, digit by digit', async t => {
  const value = {
    text: 'ü "\u2028\0',
    digits: '9007199254740993123',
    exact: 9007199254740993123n,
    list: [1, 1.5, -0.1, null, true, []],
    nested: Object.assign(Object.create(null), { a: {} }),
  }
  t.strictSame(await readMemory('b', { schema: Any, keepDays: 1 }, writeMemory('b', Any, value)), {
    ...value,
    nested: { a: {} },
  })
  t.equal(writeMemory('b', Any, { a: 1, b: undefined }), '{"a":1}', 'an undefined member is no member')
})

t.test('what JSON has no form for, or would change, is refused by name', async t => {
  const Known = Type.Object({ since: Type.Any(), list: Type.Any() })
  const circle: Record<string, unknown> = {}
  circle.list = [circle]
  for (const [value, got] of [
    [new Date(0), 'a Date at /'],
    [{ since: new Date(0) }, 'a Date at /since'],
    [{ list: [1, Number.NaN] }, 'no finite number at /list/1'],
    [{ list: [Number.POSITIVE_INFINITY] }, 'no finite number at /list/0'],
    [{ since: () => 1 }, 'a function at /since'],
    [{ since: Symbol('x') }, 'a symbol at /since'],
    [{ list: [undefined] }, 'nothing at /list/0'],
    // biome-ignore lint/suspicious/noSparseArray: the subject
    [{ list: [, 1] }, 'nothing at /list/0'],
    [undefined, 'nothing at /'],
    [{ list: new Map() }, 'another object at /list'],
    [{ 'what they wrote': new Set() }, 'another object at /…'],
    [circle, 'an object that contains itself at /list/0'],
  ] as const) {
    t.throws(() => writeMemory('size', Known, value), { code: 'DYN_MEMORY_INVALID', expected: 'JSON', got })
  }
})

t.test('what the schema refuses is refused at once, without quoting names that a contact may have written', async t => {
  const schema = Type.Object({ count: Type.Integer(), notes: Type.Optional(Type.Record(Type.String(), Type.String())) })
  const refusal = (value: unknown, got: string) =>
    t.throws(() => writeMemory('size', schema, value), {
      ...{ code: 'DYN_MEMORY_INVALID', expected: 'what its schema says', got },
      message: /^The memory of block "size" must be what its schema says; got another at/,
    })
  refusal({ count: '1' }, 'another at /count (integer expected)')
  refusal({ count: 1, notes: { 'my pin': 5 } }, 'another at /notes/… (string expected)')
  refusal([], 'another at / (object expected)')
  t.throws(() => writeMemory('size', Type.BigInt(), 5n), {
    ...{ code: 'DYN_MEMORY_INVALID', got: 'another at / (bigint expected)' },
  })
})

t.test('64 kB fit, and not a byte more', async t => {
  const text = (bytes: number) => 'ü'.repeat((bytes - 2) / 2)
  t.equal(Buffer.byteLength(writeMemory('b', Any, text(65_536))), 65_536)
  t.throws(() => writeMemory('b', Any, text(65_538)), {
    ...{ code: 'DYN_MEMORY_INVALID', expected: 'at most 65536 bytes of JSON', got: '65538' },
  })
})

t.test('memory of another shape is migrated, or begins with nothing', async t => {
  const schema = Type.Object({ size: Type.String() })
  const old = '{"sizes":["S"]}'
  t.equal(await readMemory('b', { schema, keepDays: 1 }, old), undefined)
  const read = (migrate: (old: unknown) => unknown) =>
    readMemory('b', { schema, keepDays: 1, migrate: migrate as never }, old)
  t.same(await read(old => ({ size: (old as { sizes: string[] }).sizes[0] })), { size: 'S' })
  t.same(await read(async () => ({ size: 'L' })), { size: 'L' })
  t.equal(await read(() => undefined), undefined)
  await t.rejects(
    read(() => ({ size: 5 })),
    { code: 'DYN_MEMORY_INVALID' },
  )
})
