import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { channels } from '../../src/content/channels.ts'
import { rules } from '../../src/content/rules.ts'
import { errorTable } from '../../src/errors/error-table.ts'
import { defineBlock, text } from '../../src/index.ts'
import { kinds, outcomes } from '../../src/webhook/report.ts'
import { serveLate } from '../calls/late-server.ts'
import { ana, build, metricsOf, metricsToken, post, secret } from '../helper.ts'
import { flowSend } from '../sends/desk-server.ts'
import { onBoth } from '../store/engines.ts'
import { allMetrics } from './metrics-of.ts'

const token = 'an-api-token-of-32-characters-00'

/** The samples of a scrape: name, labels, value. */
async function scrape(app: FastifyInstance, token?: string) {
  const body = await metricsOf(app, token)
  return body.split('\n').flatMap(line => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text])
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }]
  })
}

t.test('every metric has a type and a help, also while the store is away', async t => {
  const { app } = build(t)
  const authorization = `Bearer ${metricsToken}`
  const { statusCode, headers, body } = await app.inject({ url: '/metrics', headers: { authorization } })
  t.equal(statusCode, 200)
  t.match(headers['content-type'], /^text\/plain/)
  for (const { name, type } of allMetrics()) t.match(body, `# TYPE ${name} ${type}\n`)
  t.notMatch(body, /^dynablock_sends_oldest_waiting_seconds \d/m, 'what is not known is not told as 0')
  t.match(body, /^dynablock_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  t.match(body, /^dynablock_overloaded 0$/m)
})

t.test('the process tells its memory and how late its event loop is', async t => {
  const body = await metricsOf(build(t).app)
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
    t.match(body, new RegExp(`^${name} [\\d.e-]+$`, 'm'))
  t.equal(body.match(/^# TYPE process_resident_memory_bytes/gm)?.length, 1, 'once, however many apps there are')
})

onBoth('what is in the store is counted by operation and state', async (t, { options, queue }) => {
  const notBefore = Date.now() + 3_600_000
  await queue.add([
    { ...flowSend, addressee: '1', notBefore },
    { ...flowSend, addressee: '2', notBefore },
  ])
  const { app, ready } = await serveLate(t, options, { hello: defineBlock({ open: () => 'Hello' }) })
  await ready()
  const body = await metricsOf(app)
  t.match(body, 'dynablock_sends{operation="sending.sendFlow",state="waiting"} 2\n')
  t.match(body, 'dynablock_sends_oldest_waiting_seconds 0\n')
})

const blocks = {
  hello: defineBlock({
    open: ({ tap, listen }) => ({
      messages: [text('Hello', [tap('Go on', 'next')])],
      external_message_callback: listen('next', undefined, { timeoutSeconds: 60 }),
    }),
    steps: { next: () => 'Next' },
  }),
  broken: defineBlock({
    open: () => {
      throw new Error('canary')
    },
  }),
  cut: defineBlock({ open: () => 'x'.repeat(2001) }),
}

t.test('calls are counted by what they were and what the contact got', async t => {
  const { app, open, tap, say, clock } = build(t, { blocks })
  const answer = await open('hello')
  await open('hello', { id: 1, channel: 'telegram' })
  await tap(answer, 'Go on')
  await say(answer, 'canary')
  clock.ms += 400 * 86_400_000
  await tap(answer, 'Go on')
  await open('broken')
  await open('cut')
  const samples = await scrape(app)
  const calls = samples.filter(({ name }) => name === 'dynablock_calls_total')
  t.strictSame(
    calls.map(({ labels: { block, kind, channel, outcome }, value }) =>
      [block, kind, channel, outcome, value].join(' '),
    ),
    [
      'hello open messenger ok 1',
      'hello open telegram ok 1',
      'hello tap messenger ok 1',
      'hello tap messenger expired 1',
      'hello message messenger ok 1',
      'broken open messenger fallback 1',
      'cut open messenger ok 1',
    ],
  )
  const one = (name: string) => samples.filter(sample => sample.name === name)
  t.match(one('dynablock_fallbacks_total'), [{ labels: { block: 'broken', code: 'DYN_BLOCK_THREW' }, value: 1 }])
  t.match(one('dynablock_content_warnings_total'), [
    { labels: { block: 'hello', rule: 'undocumented-button' }, value: 1 },
    { labels: { block: 'hello', rule: 'undocumented-callback' }, value: 1 },
    { labels: { block: 'cut', rule: 'text-split' }, value: 1 },
  ])
  t.match(one('dynablock_call_duration_seconds_count'), [{ labels: { block: 'hello' }, value: 5 }, {}, {}])
})

t.test('a button whose block is gone is counted by the name that was sealed', async t => {
  const old = build(t, { blocks })
  const answer = await old.open('hello')
  const { app, tap } = build(t, { blocks: { other: defineBlock({ open: () => 'Hi' }) } })
  await tap(answer, 'Go on')
  t.match(
    (await scrape(app)).find(({ name }) => name === 'dynablock_calls_total'),
    { labels: { block: 'hello', kind: 'tap', outcome: 'expired' }, value: 1 },
  )
})

t.test('nothing that a caller writes becomes a label', async t => {
  const { app, open } = build(t, { blocks, config: { apiTokens: [token] } })
  const right = { authorization: `Bearer ${secret}` }
  for (let i = 0; i < 20; i++) {
    await post(app, `/blocks/canary${i}`, ana, right)
    await post(app, `/blocks/canary${i}`, ana, { authorization: `Bearer canary${i}` })
    await post(app, `/blocks/hello/canary${i}`, { state: `canary${i}` })
    await post(app, `/canary${i}`, {})
    await app.inject({ url: `/sends/canary${i}?canary${i}`, headers: { authorization: `canary${i}` } })
    await open('hello', { id: i + 1, channel: `canary${i}`, page_id: i + 1, language: `canary${i}` })
    await open('hello', `canary${i}`)
  }
  const allowed: Record<string, readonly string[]> = {
    block: Object.keys(blocks),
    kind: kinds,
    channel: channels,
    outcome: outcomes,
    code: Object.keys(errorTable),
    rule: Object.keys(rules),
    route: ['/blocks/:block', '/blocks/:block/:step', '/sends', '/sends/:id', '/sends/:id/retry', '/apps/installed'],
  }
  const ours = (await scrape(app, token)).filter(({ name }) => name.startsWith('dynablock_'))
  for (const { name, labels } of ours) {
    for (const [label, value] of Object.entries(labels)) {
      if (label !== 'le' && label !== 'version') t.ok(allowed[label]?.includes(value), `${name}: ${label}="${value}"`)
    }
  }
  const failures = ours.filter(({ name }) => name === 'dynablock_auth_failures_total')
  t.strictSame(
    failures.map(({ labels: { route }, value }) => [route, value]),
    [
      ['/blocks/:block', 20],
      ['/blocks/:block/:step', 20],
      ['/sends/:id', 20],
    ],
  )
})
