import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createRemote } from '../../../src/dev/terminal/remote.ts'
import { startFakePlatform } from '../../fake-platform.ts'

const request = (url: string) => ({ method: 'POST', url, headers: { 'x-a': 'b' }, body: '{}' }) as const

t.test('it carries a request, and brings the answer', async t => {
  const server = await startFakePlatform(t)
  server.answerWith({ status: 201, headers: { 'x-c': 'd' }, body: 'text' })
  t.match(await createRemote(fetch)(request(server.url)), {
    status: 201,
    headers: { 'x-c': 'd' },
    body: 'text',
    ms: Number,
  })
  t.match(server.heard, [{ method: 'POST', headers: { 'x-a': 'b' }, body: '{}' }])
})

t.test('it says how no answer came', async t => {
  const server = await startFakePlatform(t)
  server.answerWith({ fault: 'reset' })
  t.match(await createRemote(fetch)(request(server.url)), { failed: 'reset' })
  t.match(await createRemote(fetch)(request(await closedUrl())), { failed: 'refused' })
  const inNoTime: typeof fetch = async (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(1) })
  server.answerWith({ fault: 'silent' })
  t.match(await createRemote(inNoTime)(request(server.url)), { failed: 'timeout' })
})

/** An address that nobody listens at any more. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}
