import t from 'tap'
import { examineFallbackFlows } from '../../../src/cli/doctor/fallback-flows.ts'
import { examineNames } from '../../../src/cli/doctor/names.ts'
import type { Page } from '../../../src/cli/doctor/pages.ts'
import type { FieldLiteral, Use } from '../../../src/cli/doctor/uses.ts'
import type { FieldType } from '../../../src/manychat/params.ts'

const tag = (name: string, line = 1): Use => ({ kind: 'tag', name, file: 'x.ts', line })

function pageOf(page: string, tags: string[], fields: Record<string, FieldType> = {}, flows: string[] = []): Page {
  return {
    page,
    tag: new Map(tags.map(name => [name, undefined])),
    field: new Map(Object.entries(fields)),
    flow: new Map(flows.map(name => [name, undefined])),
  }
}

t.test('of several pages, what only some lack is a warning', async t => {
  const pages = [pageOf('1', ['a', 'b']), pageOf('2', ['b'])]
  const findings = examineNames({ uses: [tag('a'), tag('b', 2), tag('b', 3), tag('c', 4)], unread: [] }, pages)
  t.match(findings, [
    { level: 'warning', subject: 'tag "a" (x.ts:1)', expected: 'a tag of page 2' },
    { level: 'ok', subject: 'tag "b" (x.ts:2, x.ts:3)' },
    { level: 'problem', subject: 'tag "c" (x.ts:4)', expected: 'a tag of page 1' },
    { level: 'problem', subject: 'tag "c" (x.ts:4)', expected: 'a tag of page 2' },
  ])
})

t.test('each type of field, and what it takes', async t => {
  const values: FieldLiteral[] = ['text', 7, true, '2018-03-25', '2018-03-25T13:25:00.000Z', new Date(0)]
  for (const [type, fits] of [
    ['text', ['text', '2018-03-25', '2018-03-25T13:25:00.000Z']],
    ['number', [7]],
    ['boolean', [true]],
    ['date', ['2018-03-25']],
    ['datetime', ['2018-03-25T13:25:00.000Z', new Date(0)]],
  ] as const) {
    const uses = values.map((value, i): Use => ({ kind: 'field', name: 'f', file: 'x.ts', line: i, value }))
    const findings = examineNames({ uses, unread: [] }, [pageOf('1', [], { f: type })])
    const fitting = values.filter((_, i) => findings[i]?.level === 'ok')
    t.same(fitting, fits, type)
    t.equal(findings.length, values.length)
    for (const { level, expected } of findings)
      if (level !== 'ok') t.match(expected, `a field of type ${type} on page 1`)
  }
  const use: Use = { kind: 'field', name: 'f', file: 'x.ts', line: 1 }
  t.match(examineNames({ uses: [use], unread: [] }, [pageOf('1', [], { f: 'number' })]), [{ level: 'ok' }])
})

t.test('names that are made at run time are told', async t => {
  const unread = [
    { kind: 'tag', file: 'x.ts', line: 1 },
    { kind: 'tag', file: 'x.ts', line: 5 },
  ] as const
  t.match(examineNames({ uses: [], unread: [...unread] }, [pageOf('1', [])]), [
    { level: 'skipped', subject: 'tags', got: 'names computed while the block runs: x.ts:1, x.ts:5' },
  ])
  t.same(examineNames({ uses: [], unread: [] }, []), [])
})

t.test('a fallback flow needs its field, of type text, and its flow', async t => {
  const entry = { field: 'late', flow: 'content1' }
  for (const [page, expected] of [
    [pageOf('1', [], { late: 'text' }, ['content1']), { level: 'ok' }],
    [pageOf('1', [], {}, ['content1']), { level: 'problem', got: 'no such field' }],
    [pageOf('1', [], { late: 'number' }), { level: 'problem', got: 'a field of type number, and no such flow' }],
    [pageOf('2', []), { level: 'skipped' }],
  ] as const) {
    t.match(examineFallbackFlows(new Map([['1', entry]]), [page]), [expected])
  }
})
