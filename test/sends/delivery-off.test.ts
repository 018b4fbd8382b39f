import { setTimeout as sleep } from 'node:timers/promises'
import { defineBlock } from '../../src/index.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { onBoth } from '../store/engines.ts'

const slow = defineBlock({
  waiting: 'waiting',
  open: async () => {
    await sleep(40)
    return 'late'
  },
})

onBoth('with DELIVERY=off everything is taken and waits, until a server delivers', async (t, { options, queue }) => {
  const off = await serveLate(t, options, { slow }, { delivers: false })
  await off.ready()
  t.match(off.log.join(''), /DELIVERY=off/)
  const data = { version: 'v2', content: { messages: [{ type: 'text', text: 'sent' }] } }
  const params = { subscriber_id: '55', data }
  await queue.add([{ operation: 'sending.sendContent', page, addressee: '55', params }])
  t.equal(await off.open('slow'), 'waiting')
  const states = async () => (await queue.list({})).map(({ kind, state }) => `${kind} ${state}`).sort()
  await off.until(async () => (await queue.list({ state: 'waiting' })).length === 2)
  t.strictSame(await states(), ['delivery waiting', 'delivery waiting', 'run done'])
  const on = await serveLate(t, options, { slow })
  t.strictSame((await on.delivered(2)).sort(), ['late', 'sent'])
  t.equal(off.platform.heard.length, 0)
})
