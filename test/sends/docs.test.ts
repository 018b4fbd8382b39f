import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import t from 'tap'
import { sendOperations } from '../../src/delivery/operations.ts'
import { parseExact } from '../../src/json/exact-json.ts'
import { findBlock, readDoc } from '../docs.ts'
import { serveSends, token } from './desk-server.ts'

const doc = readDoc('sends.md')

t.test('the curl of sends.md does what the page says', async t => {
  const { app, memory } = await serveSends(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const env = {
    ...process.env,
    DYNABLOCK_URL: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    API_TOKEN: token,
  }
  const { stdout } = await promisify(execFile)('sh', ['-c', findBlock(doc, 'sh')], { env })
  t.strictSame(parseExact(stdout), parseExact(findBlock(doc, 'json')))
  t.match(await memory.rows(), [{ idempotencyKey: 'order-7-shipped' }])
})

t.test('the page lists every operation that a send may name', async t => {
  const table = /<!-- operations -->\n(.*)<!-- \/operations -->/s.exec(doc)?.[1] ?? ''
  const listed = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name)
  t.strictSame(listed.sort(), [...sendOperations.keys()].sort())
})
