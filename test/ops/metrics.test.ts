import t from 'tap'
import { defineBlock } from '../../src/index.ts'
import { sendMetrics } from '../../src/sends/metrics.ts'
import { build } from '../helper.ts'
import { flowSend } from '../sends/desk-server.ts'
import { onBoth } from '../sends/engines.ts'
import { serveLate } from '../sends/late-server.ts'

t.test('every metric has a type and a help, also while the store is away', async t => {
  const { app } = build(t)
  const { statusCode, headers, body } = await app.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(headers['content-type'], /^text\/plain/)
  for (const { name, type } of Object.values(sendMetrics)) t.match(body, `# TYPE ${name} ${type}\n`)
  t.notMatch(body, /^dynablock_sends_oldest_waiting_seconds \d/m, 'what is not known is not told as 0')
})

onBoth('what is in the store is counted by operation and state', async (t, { options, queue }) => {
  const notBefore = Date.now() + 3_600_000
  await queue.add([
    { ...flowSend, addressee: '1', notBefore },
    { ...flowSend, addressee: '2', notBefore },
  ])
  const { app, ready } = await serveLate(t, options, { hello: defineBlock({ open: () => 'Hello' }) })
  await ready()
  const { body } = await app.inject('/metrics')
  t.match(body, 'dynablock_sends{operation="sending.sendFlow",state="waiting"} 2\n')
  t.match(body, 'dynablock_sends_oldest_waiting_seconds 0\n')
})
