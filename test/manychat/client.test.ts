import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createManyChat, type ManyChatOptions } from '../../src/manychat/client.ts'
import { operations } from '../../src/manychat/operations.ts'
import { ManyChatError, MatonError } from '../../src/outbound/outbound-error.ts'
import { type Answer, startFakePlatform } from '../fake-platform.ts'

/** One fixture: a call, the expected request, the answer, and the expected result. */
interface Case {
  client?: keyof typeof clients
  call: { operation: string; params: object }
  request?: { method: string; path: string; body: string }
  answer: Answer
  result?: unknown
  error?: Record<string, unknown> & { says?: string; service: string }
}

const key = '1234567890:0123456789abcdef0123456789abcdef'
const clients = {
  key: { key },
  appKey: { appKey: key },
  maton: { maton: { key, connection: '21fd90f9-5935-43cd-b6c8-bde9d915ca80' } },
} satisfies Record<string, ManyChatOptions>
const folder = new URL('../../fixtures/api/', import.meta.url)
const cases = readdirSync(folder).map(file => {
  return { name: file.replace(/\.json$/, ''), ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case) }
})

t.test('there is a case of every operation', async t => {
  const all = Object.entries(operations).flatMap(([group, ops]) => Object.keys(ops).map(name => `${group}.${name}`))
  t.strictSame(cases.flatMap(({ request, call }) => (request ? call.operation : [])).sort(), all.sort())
})

for (const { name, client = 'key', call, request, answer, result, error } of cases) {
  t.test(name, async t => {
    const platform = await startFakePlatform(t)
    platform.answerWith(answer)
    const timeoutMs = answer.fault === 'silent' ? 300 : 60_000
    const manychat = createManyChat({ ...clients[client], baseUrl: platform.url, timeoutMs })
    const outcome = await invoke(manychat, call).catch(thrown => thrown)
    const [heard] = platform.heard
    t.equal(platform.heard.length, 1, 'one request')
    t.equal(heard?.headers.authorization, `Bearer ${key}`)
    t.equal(heard?.headers['maton-connection'], client === 'maton' ? clients.maton.maton.connection : undefined)
    if (request) {
      t.match(heard, request)
      t.equal(heard?.headers['content-type'], request.method === 'POST' ? 'application/json' : undefined)
    }
    if (!error) return void t.strictSame(outcome, result)
    const { says = '', ...properties } = error
    t.ok(outcome instanceof (error.service === 'maton' ? MatonError : ManyChatError), 'class')
    const page = client === 'maton' ? clients.maton.maton.connection : '1234567890'
    t.match(outcome, { ...properties, operation: call.operation, page })
    t.ok(outcome.message.includes(says), outcome.message)
  })
}

// biome-ignore lint/suspicious/noExplicitAny: a fixture names the operation
function invoke(manychat: any, { operation, params }: Case['call']): Promise<any> {
  const [group = '', name = ''] = operation.split('.')
  return manychat[group][name](params)
}
