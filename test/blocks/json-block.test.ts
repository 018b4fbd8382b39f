import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import type { Call } from '../../src/blocks/call.ts'
import { isBlock } from '../../src/blocks/define.ts'
import { readJsonBlock } from '../../src/blocks/json-block.ts'
import { channels } from '../../src/content/channels.ts'
import { checkContent } from '../../src/content/check.ts'
import { stringifyExact } from '../../src/json/exact-json.ts'
import { build } from '../helper.ts'

/** `fixtures/blocks/<valid or invalid>/<what is tested>.json`: a block, and its expected content or findings. */
function readCases(kind: 'valid' | 'invalid') {
  return globSync(`fixtures/blocks/${kind}/*.json`)
    .sort()
    .map(file => ({ name: basename(file, '.json'), ...JSON.parse(readFileSync(file, 'utf8')) }))
}

function callOf(given: Partial<Call> = {}): Call {
  return { contact: { id: '1' }, input: null, channel: 'messenger', extras: {}, ...given } as Call
}

t.test('answers', async t => {
  for (const { name, block, call, content } of readCases('valid')) {
    const json = readJsonBlock(JSON.stringify(block))
    t.ok(isBlock(json.block), name)
    t.same(json.inspect(), [], `${name}: nothing is wrong with it`)
    t.strictSame(checkContent(json.block.open(callOf(call))), content, name)
  }
})

t.test('refuses', async t => {
  for (const { name, block, findings } of readCases('invalid')) {
    const found = readJsonBlock(JSON.stringify(block)).inspect()
    const places = (list: { path: string; rule: string }[]) => list.map(({ path, rule }) => `${path} ${rule}`)
    t.same(places(found), places(findings), name)
    for (const [i, { message }] of findings.entries()) t.match(found[i]?.message, message, name)
  }
})

t.test('what a channel makes of it is told for that channel', async t => {
  const { inspect } = readJsonBlock(`{"messages":[{"type":"image","url":"https://example.com/{{ channel }}.png"}]}`)
  const rules = channels.map(channel => inspect({ channel }).map(({ rule }) => rule))
  t.same(rules, [[], [], ['undocumented-message'], [], ['undocumented-message']])
  const callback = `{"messages":[],"external_message_callback":{"url":"http://localhost/","method":"post"}}`
  t.match(readJsonBlock(callback).inspect(), [{ rule: 'https-callback' }])
  t.same(readJsonBlock(callback).inspect({ allowLoopback: true }), [])
})

t.test('numbers of any length leave as they stand in the file', async t => {
  const actions = '[{"action":"set_field_value","field_name":"{{ input }}","value":9007199254740993123}]'
  const { block, inspect } = readJsonBlock(`{"messages":[],"actions":${actions}}`)
  t.same(inspect(), [])
  t.equal(
    stringifyExact(block.open(callOf({ input: 'Order' }))),
    `{"messages":[],"actions":${actions.replace('{{ input }}', 'Order')}}`,
  )
})

t.test('the blocks of the docs are sound', async t => {
  for (const page of ['docs/blocks.md', 'docs/content.md']) {
    const program = /^```json\n(\{\n.*?)^```$/ms.exec(readFileSync(page, 'utf8'))?.[1]
    t.same(readJsonBlock(String(program)).inspect(), [], page)
  }
})

t.test('a template that fails shows the fallback, and no log line quotes the contact', async t => {
  const text = `{{ 'now' | date: '%H', input }}`
  const { block } = readJsonBlock(JSON.stringify({ messages: [{ type: 'text', text }] }))
  const { open, lines, log } = build(t, { blocks: { zone: block } })
  const answer = await open('zone', { id: '1', last_input_text: 'Nowhere\n    at Canary' })
  t.match(answer, { status: 200, shown: /^Sorry/ })
  t.match(lines('error'), [{ code: 'DYN_TEMPLATE_FAILED', problem: /\/messages\/0\/text .*Invalid time zone/ }])
  t.notMatch(log.join(''), /Canary|Nowhere/)
})

t.test('text that is no JSON is none', async t => {
  t.throws(() => readJsonBlock('{"messages":'), SyntaxError)
})
