import { image, text } from '../../src/content/message.ts'
import { defineBlock, nodeButton } from '../../src/index.ts'
import { onBoth } from '../store/engines.ts'
import { page, serveLate } from './late-server.ts'

/** A block whose handler answers when the test does, with the test's reply. */
function slowBlock(options: Partial<Parameters<typeof defineBlock>[0]> = {}) {
  const calls: {
    id: string
    attempt: number
    signal: AbortSignal
    answer: (reply: never) => void
    fail: () => void
  }[] = []
  const block = defineBlock({
    ...options,
    open: ({ id, attempt, signal }) => {
      const { promise, resolve, reject } = Promise.withResolvers<never>()
      calls.push({ id, attempt, signal, answer: resolve, fail: () => reject(new Error('canary')) })
      return promise
    },
  })
  return { block, calls }
}

onBoth('a slow block shows that it takes a while, and its reply is delivered', async (t, { options }) => {
  const { block, calls } = slowBlock({ waiting: 'One moment', latePrefix: 'About your question:' })
  const { open, ready, delivered, platform } = await serveLate(t, options, { block })
  await ready()
  t.equal(await open('block'), 'One moment')
  t.equal(platform.heard.length, 0)
  calls[0]?.answer('Tomorrow.' as never)
  t.same(await delivered(1), ['About your question: Tomorrow.'])
  t.match(platform.heard[0], { path: '/fb/sending/sendContent', headers: { authorization: `Bearer ${page}:key` } })
  t.match(platform.heard[0]?.body, '"subscriber_id":9007199254740993123,', 'the id is exact and bare')
  t.match([calls[0]?.attempt, calls[0]?.signal.aborted], [1, false])
})

onBoth('a whole answer is delivered with its prefix, and split where it is too long', async (t, { options }) => {
  const { block, calls } = slowBlock({ latePrefix: 'So:' })
  const { open, ready, delivered, platform } = await serveLate(t, options, { block })
  await ready()
  await open('block')
  const content = { messages: [text(`${'x'.repeat(1000)}\n\n${'y'.repeat(1000)}`)] }
  calls[0]?.answer({ version: 'v2', content } as never)
  t.same(await delivered(1), [`So: ${'x'.repeat(1000)}`])
  t.match(
    platform.heard[0]?.body,
    `"messages":[{"type":"text","text":"So: ${'x'.repeat(1000)}"},{"type":"text","text":"yyy`,
  )
})

onBoth(
  'a picture of which nobody knows whether it arrived is held, or goes out again where that is set',
  async (t, given) => {
    const { options, queue } = given
    for (const [onUnknownMedia, state, count] of [
      ['hold', 'dead', 1],
      ['retry', 'done', 2],
    ] as const) {
      const { block, calls } = slowBlock()
      const { app, open, ready, delivered, platform, until } = await serveLate(
        t,
        options,
        { block },
        { onUnknownMedia },
      )
      await ready()
      platform.answerWith({ status: 502, body: '<html>' })
      await open('block')
      calls[0]?.answer(image('https://b.test/a.png') as never)
      await delivered(count)
      await until(async () => (await queue.list({ state })).some(({ onUnknown }) => onUnknown === onUnknownMedia))
      t.equal(platform.heard.length, count)
      await app.close()
    }
  },
)

onBoth('late replies to one contact go out in the order of their calls', async (t, { options }) => {
  const { block, calls } = slowBlock()
  const quick = defineBlock({ open: () => 'At once' })
  const { open, ready, delivered, platform } = await serveLate(t, options, { block, quick })
  await ready()
  await open('block')
  await open('block')
  await open('block', '55')
  t.equal(await open('quick'), 'At once', 'one that is in time is not held back')
  calls[1]?.answer('second' as never)
  calls[2]?.answer('another contact' as never)
  t.same(await delivered(1), ['another contact'])
  calls[0]?.answer('first' as never)
  t.same(await delivered(3), ['another contact', 'first', 'second'])
  t.equal(platform.heard.length, 3)
})

onBoth('a late reply that fails is the fallback, and the log says why', async (t, { options }) => {
  const { block, calls } = slowBlock({ fallback: 'It did not work' })
  const { open, ready, delivered, log } = await serveLate(t, options, { block })
  await ready()
  await open('block')
  calls[0]?.fail()
  await delivered(1)
  await open('block')
  calls[1]?.answer(text('Where?', [nodeButton('There', 'A node')]) as never)
  t.same(await delivered(2), ['It did not work', 'It did not work'])
  t.match(log.join(''), /DYN_BLOCK_THREW.*node-outside-flow/s)
  t.notMatch(log.join(''), /canary/)
})

onBoth('a body that names no page belongs to the only one, with its flow for after 24 hours', async (t, given) => {
  const { options, queue } = given
  const { block, calls } = slowBlock()
  const fallbackFlows = new Map([[page, { field: 'late_text', flow: 'content1_2' }]])
  const { open, ready, platform, until } = await serveLate(t, options, { block }, { fallbackFlows })
  await ready()
  platform.answerWith({ status: 400, body: '{"status":"error","message":"24 hours","code":3011}' })
  await open('block', '7', '{"subscriber_id":"7","order":{"number":"5"}}')
  calls[0]?.answer('Shipped' as never)
  await until(() => platform.heard.length === 3)
  t.same(
    platform.heard.map(({ path }) => path),
    ['/fb/sending/sendContent', '/fb/subscriber/setCustomFieldByName', '/fb/sending/sendFlow'],
  )
  await until(async () => (await queue.list({ state: 'done' })).length === 2)
  t.match(await queue.list({ state: 'done' }), [{ page }, { page }])
})

onBoth('without a key for the page nothing is promised', async (t, { options }) => {
  const { block, calls } = slowBlock()
  const { open, ready, log } = await serveLate(t, options, { block }, { manychatApiKeys: [] })
  await ready()
  t.match(await open('block'), /^Sorry, that did not work/)
  t.equal(calls[0]?.signal.aborted, true)
  t.match(log.join(''), /late replies are off/)
  t.match(log.join(''), /DYN_BLOCK_LATE.*DYN_PAGE_KEY_MISSING/)
})

onBoth('a store that is not there promises nothing, and is used once it is', async (t, { options }) => {
  const { block, calls } = slowBlock({ fallback: 'Not now' })
  const away = { dataDir: '/proc/nowhere', databaseUrl: 'postgres://postgres@127.0.0.1:1/test' }
  const { open, log, until } = await serveLate(t, 'databaseUrl' in options ? { ...options, ...away } : away, { block })
  await until(() => log.join('').includes('the store is not open yet'))
  t.equal(await open('block'), 'Not now')
  t.equal(calls[0]?.signal.aborted, true)
  t.match(log.join(''), /DYN_BLOCK_LATE.*DYN_STORE_FAILED/)
})

onBoth('a server that ends gives back what is not done, and another runs the call again', async (t, { options }) => {
  const { block, calls } = slowBlock()
  const first = await serveLate(t, options, { block })
  await first.ready()
  await first.open('block')
  const closing = first.app.close()
  await first.until(() => calls[0]?.signal.aborted === true)
  calls[0]?.fail()
  await closing
  t.equal(first.platform.heard.length, 0)

  const second = await serveLate(t, options, { block }, { platform: first.platform })
  await second.until(() => calls.length === 2)
  t.match([calls[1]?.id, calls[1]?.attempt], [calls[0]?.id, 2])
  calls[1]?.answer('Here it is' as never)
  t.same(await second.delivered(1), ['Here it is'])
})

onBoth('what is not to be run again shows the fallback', async (t, { options, queue }) => {
  const { block, calls } = slowBlock({ rerun: false, fallback: 'Please ask again' })
  const call = {
    name: 'block',
    step: null,
    id: 'x',
    contact: { id: '55' },
    page,
    channel: 'messenger',
    input: null,
    extras: {},
  }
  for (const [addressee, stored] of [['55', call]] as const) {
    const run = { block: stored.name, page, addressee, call: JSON.stringify(stored), idempotencyKey: addressee }
    await queue.release(await queue.addRun(run, 'a process that ended'), true)
  }
  const { delivered } = await serveLate(t, options, { block })
  t.same(await delivered(1), ['Please ask again'])
  t.equal(calls.length, 0)
})

onBoth(
  'a handler that never settles costs its contact the time limit, and others nothing',
  async (t, { options, queue }) => {
    const { block, calls } = slowBlock({ fallback: 'It did not work', lateWithinMs: 1000 })
    const { open, ready, delivered } = await serveLate(t, options, { block })
    await ready()
    for (const contact of ['55', '56', '57']) await open('block', contact)
    calls[2]?.answer('In time' as never)
    t.same(await delivered(3), ['In time', 'It did not work', 'It did not work'])
    t.equal(calls[0]?.signal.aborted, true)
    const dead = await queue.list({ state: 'dead' })
    t.match(dead, [
      { kind: 'run', lastError: { code: 'DYN_RUN_LATE' } },
      { kind: 'run', lastError: { code: 'DYN_RUN_LATE' } },
    ])
  },
)

onBoth('a late reply does not wait for a broadcast of its page', async (t, { options, queue }) => {
  const { block, calls } = slowBlock()
  const { open, ready, delivered, platform } = await serveLate(t, options, { block })
  await ready()
  const data = { version: 'v2', content: { messages: [{ type: 'text', text: 'bulk' }] } }
  const bulk = Array.from({ length: 2000 }, (_, i) => {
    const subscriber_id = String(7_000_000 + i)
    return { operation: 'sending.sendContent', page, addressee: subscriber_id, params: { subscriber_id, data } }
  })
  await queue.add(bulk)
  await delivered(5)
  await open('block')
  const before = platform.heard.length
  calls[0]?.answer('late' as never)
  let texts: unknown[] = []
  while (!texts.includes('late')) texts = await delivered(platform.heard.length + 1)
  // About two seconds of the page's rate: sends already begun, and its own delivery.
  t.ok(texts.indexOf('late') - before <= 50, `${texts.indexOf('late') - before} went before it`)
})
