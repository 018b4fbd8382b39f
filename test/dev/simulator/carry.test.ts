import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { createCarry } from '../../../src/dev/simulator/carry.ts'
import { startFakePlatform } from '../../fake-platform.ts'

const request = { method: 'POST' as const, headers: { authorization: 'Bearer s' }, body: '{"a":1}' }

t.test('what goes to PUBLIC_URL arrives at this server, headers and body as they are', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ status: 201, headers: { 'x-b': 'c' }, body: 'hello' })
  const carry = createCarry({ ownUrl: () => url, publicUrl: 'https://b.test/x', latencyMs: () => 0 })
  t.match(await carry({ ...request, url: 'https://b.test/x/blocks/size' }), {
    status: 201,
    body: 'hello',
    headers: { 'x-b': 'c' },
  })
  t.match(heard, [{ method: 'POST', path: '/blocks/size', body: '{"a":1}', headers: { authorization: 'Bearer s' } }])
  await carry({ ...request, url: `${url}/elsewhere` })
  t.match(heard[1], { path: '/elsewhere' }, 'a callback to another server goes there')
})

t.test('an answer that does not come is told apart', async t => {
  const { url, answerWith } = await startFakePlatform(t)
  answerWith({ fault: 'silent' }, { fault: 'reset' })
  const options = { ownUrl: () => url, publicUrl: 'http://p', latencyMs: () => 0, withinMs: 50 }
  t.match(await createCarry(options)({ ...request, url }), { failed: 'timeout' })
  t.match(await createCarry({ ...options, withinMs: 10_000 })({ ...request, url }), { failed: 'reset' })
  t.match(await createCarry(options)({ ...request, url: `http://127.0.0.1:${await closedPort()}` }), {
    failed: 'refused',
  })
})

t.test('a slow network takes of the time to answer', async t => {
  const { url, heard } = await startFakePlatform(t)
  const options = { ownUrl: () => url, publicUrl: 'http://p' }
  const slow = await createCarry({ ...options, latencyMs: () => 30 })({ ...request, url })
  t.ok(slow.ms >= 29, `${slow.ms} ms`)
  t.equal(heard.length, 1)
  t.match(await createCarry({ ...options, latencyMs: () => 1000, withinMs: 20 })({ ...request, url }), {
    failed: 'timeout',
  })
  t.equal(heard.length, 1, 'it never left')
})

/** One that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
