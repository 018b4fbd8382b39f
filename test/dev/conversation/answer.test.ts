import t from 'tap'
import { capabilities, channels } from '../../../src/content/channels.ts'
import { type ReadOptions, readAnswer } from '../../../src/dev/conversation/answer.ts'
import type { WireResponse } from '../../../src/dev/conversation/wire.ts'
import { says, v2 } from './talk.ts'

const messenger: ReadOptions = { channel: 'messenger', allowLoopback: false }
const json = { 'content-type': 'application/json' }
const text = { type: 'text', text: 'Hi' }
const answer = (over: object): WireResponse => ({ status: 200, headers: json, body: '{}', ms: 5, ...over })

const nothingShown: [name: string, response: WireResponse, outcome: string, why: RegExp][] = [
  ['in time by a hair too late', { ...says('Hi'), ms: 10_001 }, 'late', /10000 ms for an answer; got none after 10001/],
  ['no answer in time', { failed: 'timeout', ms: 10_000 }, 'late', /got none after 10000 ms/],
  ['connection refused', { failed: 'refused', ms: 1 }, 'no-answer', /refused/],
  ['connection reset', { failed: 'reset', ms: 1 }, 'no-answer', /reset/],
  [
    'an error page',
    answer({ status: 502, body: '<html>' }),
    'bad-status',
    /status 502 instead of 200\. Look at the log/,
  ],
  [
    'a problem',
    answer({ status: 401, body: '{"code":"DYN_X","detail":"Wrong secret."}' }),
    'bad-status',
    /401 instead of 200\. DYN_X: Wrong/,
  ],
  [
    'a problem without code',
    answer({ status: 400, body: '{"detail":"Wrong."}' }),
    'bad-status',
    /400 instead of 200\. Wrong\./,
  ],
  ['another JSON', answer({ status: 400, body: '{}' }), 'bad-status', /400 instead of 200\. Look at the log/],
  ['a status that is nearly right', answer({ status: 204 }), 'bad-status', /204/],
  ['text', answer({ headers: { 'Content-Type': 'text/plain' } }), 'bad-type', /got text\/plain/],
  ['no type', answer({ headers: {} }), 'bad-type', /got none/],
  ['a type like JSON', answer({ headers: { 'content-type': 'application/json+x' } }), 'bad-type', /json\+x/],
  ['torn JSON', answer({ body: '{"version":"v2",' }), 'bad-json', /position 16/],
  ['an empty body', answer({ body: '' }), 'bad-json', /position/],
  ['content alone', answer({ body: JSON.stringify({ messages: [text] }) }), 'not-v2', /"version":"v2"/],
  ['null', answer({ body: 'null' }), 'not-v2', /v2/],
  ['version 1', answer({ body: '{"version":"v1","content":{}}' }), 'not-v2', /v2/],
  ['eleven messages', v2({ messages: Array(11).fill(text) }), 'refused', /max-messages/],
  ['no messages', v2({}), 'refused', /\/messages \(required\)/],
]
for (const [name, response, outcome, why] of nothingShown) {
  t.test(`nothing is shown: ${name}`, async t => {
    const verdict = readAnswer(response, messenger)
    t.match(verdict, { outcome, why, problems: [{ severity: 'error', remedy: /./ }] })
    t.notOk('content' in verdict)
  })
}

const shown: [name: string, response: WireResponse, channel: ReadOptions['channel'], rules: string[]][] = [
  ['right', says('Hi'), 'messenger', []],
  ['at the last moment', { ...says('Hi'), ms: 10_000 }, 'messenger', []],
  ['with its type', says('Hi', { type: 'instagram' }), 'instagram', []],
  ['without its type', says('Hi'), 'instagram', ['content-type-missing']],
  ['with the type of another channel', says('Hi', { type: 'telegram' }), 'whatsapp', ['content-type']],
  [
    'a video where there is none',
    v2({ type: 'whatsapp', messages: [{ type: 'video', url: 'https://a.test/b.mp4' }] }),
    'whatsapp',
    ['channel-message'],
  ],
  [
    'quick replies where there are none',
    says('Hi', { type: 'telegram', quick_replies: [{ type: 'flow', caption: 'Go', target: 'content1_2' }] }),
    'telegram',
    ['channel-quick-replies'],
  ],
]
for (const [name, response, channel, rules] of shown) {
  t.test(`shown: ${name}`, async t => {
    const verdict = readAnswer(response, { channel, allowLoopback: false })
    t.match(verdict, { outcome: 'shown', why: null, content: { messages: [{}] } })
    t.same(
      verdict.problems.map(({ rule }) => rule),
      rules,
    )
  })
}

t.test('what is beside the content is ignored, and that is said', async t => {
  const body = JSON.stringify({
    version: 'v2',
    status: 'ok',
    content: { messages: [text] },
    external_message_callback: {},
  })
  const { problems, ...verdict } = readAnswer(answer({ body }), messenger)
  t.strictSame(verdict, { outcome: 'shown', why: null, content: { messages: [text] } })
  t.match(problems, [
    { rule: 'unknown-key', severity: 'repaired', path: '' },
    {
      rule: 'beside-content',
      severity: 'warning',
      path: '',
      message:
        '"external_message_callback" stands beside "content", where ManyChat ignores it. Move it into "content".',
    },
  ])
})

t.test('what ManyChat ignores is not shown', async t => {
  const reply = { type: 'flow', caption: 'Go', target: 'content1_2' }
  const response = v2({ messages: [{ ...text, extra: 1, buttons: null, quick_replies: [reply] }], actions: null })
  const { content, problems } = readAnswer(response, messenger)
  t.strictSame(content, { messages: [text] })
  t.strictSame(
    problems.map(({ rule, severity }) => `${severity} ${rule}`),
    ['repaired unknown-key', 'repaired empty-member', 'repaired unknown-key', 'repaired empty-member'],
  )
})

t.test('a text of 2001 characters is refused, with everything else', async t => {
  t.match(readAnswer(says('x'.repeat(2000)), messenger), { outcome: 'shown', problems: [] })
  for (const channel of channels) {
    const response = says('x'.repeat(2001), capabilities[channel].type ? { type: channel } : {})
    t.match(readAnswer(response, { channel, allowLoopback: false }), { outcome: 'refused', why: /text-limit/ }, channel)
  }
})

t.test('the header tells of a failed block and of repairs, and not what was found anyway', async t => {
  const told = (header: string) => {
    const headers = { ...json, 'X-Dynablock-Problem': header }
    return readAnswer({ ...says('Sorry'), headers } as WireResponse, messenger).problems
  }
  t.same(told('DYN_BLOCK_THREW: It threw (TypeError: x) | not-reloaded: hello.ts: it does not load'), [
    { path: '', rule: 'DYN_BLOCK_THREW', severity: 'error', message: 'It threw (TypeError: x)' },
    { path: '', rule: 'not-reloaded', severity: 'warning', message: 'hello.ts: it does not load' },
  ])
  t.same(told('text-length /messages/0/text: too long'), [])
  t.same(told('text-split /messages/0/text: It is split'), [
    { path: '/messages/0/text', rule: 'text-split', severity: 'repaired', message: 'It is split' },
  ])
})
