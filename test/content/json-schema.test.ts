import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { checkContent } from '../../src/content/check.ts'
import { contentSchema } from '../../src/content/json-schema.ts'
import type { Problem } from '../../src/content/problem.ts'
import type { Rule } from '../../src/content/rules.ts'
import { type Case, readCases } from './fixtures.ts'

const id = 'https://blocks.test/schema/content.json'
const schema = contentSchema(id)
const accepts = new Ajv2020({ strict: true, strictRequired: false }).compile(schema)

/** Errors that depend on the channel, the way of delivery or the room that is left, which one schema for all content can't express. */
const sayableByCodeOnly: Rule[] = [
  'channel-button',
  'channel-message',
  'channel-quick-replies',
  // Depends on the server: in development, callbacks may use http to this machine.
  'https-callback',
  'node-outside-flow',
  'text-limit',
]

/** Both forms of a document. */
function formsOf(content: unknown): Record<string, unknown> {
  return { 'content alone': content, 'a whole answer': { version: 'v2', content } }
}

/** Whether it is not sent as it is. */
function isFaulty({ content, channel, options }: Case): boolean {
  let isRepaired = false
  const onWarning = ({ severity }: Problem) => {
    isRepaired ||= severity === 'repaired'
  }
  try {
    checkContent(content, { ...options, channel, onWarning })
    return isRepaired
  } catch {
    return true
  }
}

t.test('takes whatever is valid', async t => {
  for (const { name, channel, content } of readCases('valid')) {
    for (const [form, document] of Object.entries(formsOf(content))) {
      t.ok(accepts(document), `${channel} ${name}, ${form}`)
    }
  }
})

t.test('refuses what checkContent refuses or repairs, but for rules that only code can say', async t => {
  const needsCode = new Set<Rule>()
  for (const one of readCases('invalid')) {
    for (const [form, document] of Object.entries(formsOf(one.content))) {
      const isTaken = accepts(document)
      t.ok(isTaken || isFaulty(one), `${one.channel} ${one.name}, ${form}: the schema is not stricter`)
      const errors = one.problems.filter(({ severity }) => severity === 'error')
      for (const { rule } of isTaken ? errors : []) needsCode.add(rule)
    }
  }
  t.same([...needsCode].sort(), sayableByCodeOnly)
})

t.test('https callbacks are in the schema', async t => {
  const listener = (url: string) => ({ messages: [], external_message_callback: { url, method: 'post' } })
  t.ok(accepts(listener('https://bot.example.com/')))
  t.ok(accepts(listener('http://localhost:3000/')))
  t.notOk(accepts(listener('http://bot.example.com/')))
})

t.test('a document may name its schema; an answer says its version, and nothing stands beside its content', async t => {
  t.ok(accepts({ $schema: id, messages: [] }))
  t.ok(accepts({ $schema: id, version: 'v2', content: { messages: [] } }))
  for (const wrong of [
    { content: { messages: [] } },
    { version: 'v2' },
    { version: 'v1', content: { messages: [] } },
    { version: 'v2', messages: [] },
    { version: 'v2', content: { messages: [] }, external_message_callback: { url: 'https://a.b', method: 'post' } },
    { version: 'v2', content: { $schema: id, messages: [] } },
    { $schema: 1, messages: [] },
    {},
  ]) {
    t.notOk(accepts(wrong), JSON.stringify(wrong))
  }
})

t.test('numbers of any length are numbers', async t => {
  const value = JSON.parse('9007199254740993123')
  t.ok(accepts({ messages: [], actions: [{ action: 'set_field_value', field_name: 'Order', value }] }))
})

t.test('it is plain JSON, each part once, with words for editors', async t => {
  t.strictSame(JSON.parse(JSON.stringify(schema)), schema)
  t.notMatch(JSON.stringify(schema), 'bigint')
  const { $defs } = schema as { $defs: Record<string, { title: string; description?: string; type?: string }> }
  for (const [name, { title }] of Object.entries($defs)) t.equal(title, name)
  const undescribed = Object.entries($defs).filter(([, { description, type }]) => type === 'object' && !description)
  t.same(
    undescribed.map(([name]) => name),
    ['Card', 'Content'],
  )
  t.ok(JSON.stringify(schema).length < 20_000)
})
