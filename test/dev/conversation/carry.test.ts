import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { createCarry } from '../../../src/dev/conversation/carry.ts'
import { startFakePlatform } from '../../fake-platform.ts'

const request = { method: 'POST' as const, headers: { authorization: 'Bearer s' }, body: '{"a":1}' }

t.test('a request arrives where its address leads, headers and body as they are', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ status: 201, headers: { 'x-b': 'c' }, body: 'hello' })
  const carry = createCarry({})
  t.match(await carry({ ...request, url: `${url}/blocks/size` }), {
    status: 201,
    body: 'hello',
    headers: { 'x-b': 'c' },
  })
  t.match(heard, [{ method: 'POST', path: '/blocks/size', body: '{"a":1}', headers: { authorization: 'Bearer s' } }])
})

t.test('an answer that does not come is told apart', async t => {
  const { url, answerWith } = await startFakePlatform(t)
  answerWith({ fault: 'silent' }, { fault: 'reset' })
  t.match(await createCarry({ withinMs: 50 })({ ...request, url }), { failed: 'timeout' })
  t.match(await createCarry({})({ ...request, url }), { failed: 'reset' })
  t.match(await createCarry({})({ ...request, url: `http://127.0.0.1:${await closedPort()}` }), {
    failed: 'refused',
  })
})

t.test('a slow network takes of the time to answer', async t => {
  const { url, heard } = await startFakePlatform(t)
  const slow = await createCarry({ latencyMs: () => 30 })({ ...request, url })
  t.ok(slow.ms >= 29, `${slow.ms} ms`)
  t.equal(heard.length, 1)
  t.match(await createCarry({ latencyMs: () => 1000, withinMs: 20 })({ ...request, url }), {
    failed: 'timeout',
  })
  t.equal(heard.length, 1, 'it never left')
})

/** A port where nothing listens anymore. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
