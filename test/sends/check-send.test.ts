import t from 'tap'
import { createBots } from '../../src/chatfuel/bots.ts'
import { createDefaultOnUnknown } from '../../src/delivery/on-unknown.ts'
import { createPages } from '../../src/manychat/pages.ts'
import type { OnUnknown } from '../../src/queue/job.ts'
import { createSendCheck } from '../../src/sends/check-send.ts'

const appKeys = { keyOf: () => null, pages: () => [] } as never
const bots = createBots({ entries: ['aa11:token', 'aa11:token@https://chat.test/api'] })
const one = checkOf({ keys: ['111:key'] })
const flow = { operation: 'sending.sendFlow', params: { subscriber_id: '9007199254740993123', flow_ns: 'content1' } }

t.test('a send is accepted with all that is known of it', async t => {
  t.strictSame(one(flow, null).problems, [])
  t.strictSame(one(flow, null).send, {
    ...flow,
    page: '111',
    addressee: '9007199254740993123',
    defaultOnUnknown: 'retry',
    idempotencyKey: null,
  })
  const asked = { ...flow, page: 111, not_before: '2026-01-31T09:00:00+01:00', on_unknown: 'hold' }
  t.match(one(asked, 'key').send, {
    page: '111',
    notBefore: Date.UTC(2026, 0, 31, 8),
    onUnknown: 'hold',
    idempotencyKey: 'key',
  })
})

t.test(
  'media of which nobody knows whether they arrived are held, unless the setting or the send says otherwise',
  async t => {
    const messages = [{ type: 'image', url: 'https://b.test/a.png' }]
    const image = {
      operation: 'sending.sendContent',
      params: { subscriber_id: '1', data: { version: 'v2', content: { messages } } },
    }
    t.equal(one(image, null).send.defaultOnUnknown, 'hold')
    t.notOk('onUnknown' in one(image, null).send)
    t.match(one({ ...image, on_unknown: 'retry' }, null).send, { onUnknown: 'retry' })
    const { send } = checkOf({ keys: ['111:key'] }, 'retry')(image, null)
    t.equal(send.defaultOnUnknown, 'retry')
  },
)

t.test('the page is the named one, or the only one', async t => {
  const two = checkOf({ keys: ['111:key', '222:key'] })
  t.equal(two({ ...flow, page: '222' }, null).send.page, '222')
  t.throws(() => two(flow, null), { code: 'DYN_PAGE_UNKNOWN', status: 400 })
  t.throws(() => two({ ...flow, page: '333' }, null), { code: 'DYN_PAGE_KEY_MISSING', status: 400 })
  t.throws(() => checkOf({ keys: [] })(flow, null), { code: 'DYN_PAGE_UNKNOWN' })
  const gateway = checkOf({ keys: [], maton: { key: 'maton', connections: new Map() } })
  t.equal(gateway({ ...flow, page: null }, null).send.page, null, 'the default connection of a gateway')
})

t.test('the bot is the named one, or the only one of that version', async t => {
  const block = { operation: 'chatfuel.sendBlock', params: { user_id: '5', block_name: 'Welcome' } }
  const message = { operation: 'chatfuel.send', params: { customer_id: '5', messages: [{ text: 'hi' }] } }
  for (const send of [block, message]) {
    t.equal(one(send, null).send.page, 'aa11')
    t.equal(one({ ...send, page: 'aa11' }, null).send.page, 'aa11')
    t.throws(() => one({ ...send, page: 'bb22' }, null), { code: 'DYN_BOT_UNKNOWN', status: 400 })
  }
})

t.test('what can not succeed is refused', async t => {
  for (const [body, code, says] of [
    [[], 'DYN_SEND_INVALID', /an object of operation, page/],
    [{ params: {} }, 'DYN_SEND_INVALID', /the name of an operation at \/operation, got nothing/],
    [{ ...flow, params: 'x' }, 'DYN_SEND_INVALID', /an object of parameters at \/params/],
    [{ ...flow, key: 1 }, 'DYN_SEND_INVALID', /one of operation, page, params, not_before, on_unknown, got "key"/],
    [{ ...flow, page: 1.5 }, 'DYN_SEND_INVALID', /at \/page/],
    [{ ...flow, on_unknown: 'ask' }, 'DYN_SEND_INVALID', /retry or hold at \/on_unknown/],
    [{ ...flow, not_before: '2026-01-31' }, 'DYN_SEND_INVALID', /a date-time with its offset.* at \/not_before/],
    [{ ...flow, not_before: '2026-13-31T00:00:00Z' }, 'DYN_SEND_INVALID', /at \/not_before, .* no calendar/],
    [{ ...flow, not_before: '2026-02-30T10:00:00Z' }, 'DYN_SEND_INVALID', /at \/not_before, .* no calendar/],
    [{ ...flow, not_before: '2027-02-29T23:30:00-02:00' }, 'DYN_SEND_INVALID', /at \/not_before, .* no calendar/],
    [{ ...flow, not_before: '2026-02-28T25:00:00Z' }, 'DYN_SEND_INVALID', /at \/not_before, .* no calendar/],
    [{ ...flow, operation: 'sending.sendflow' }, 'DYN_SEND_OPERATION', /Did you mean "sending\.sendFlow"\?/],
    [{ ...flow, operation: 'page.removeTag' }, 'DYN_SEND_OPERATION', /no such operation/],
    [{ ...flow, operation: 'constructor' }, 'DYN_SEND_OPERATION', /no such operation/],
    [{ ...flow, params: { flow_ns: 'content1' } }, 'DYN_CALL_PARAMS', /of sending\.sendFlow .* at \/subscriber_id/],
  ] as const) {
    t.throws(() => one(body, null), { code, status: 400, message: says })
  }
})

function checkOf(keys: Pick<Parameters<typeof createPages>[0], 'keys' | 'maton'>, media: OnUnknown = 'hold') {
  const pages = createPages({ ...keys, appKeys })
  return createSendCheck({ pages, bots, defaultOnUnknown: createDefaultOnUnknown(media), allowLoopback: false })
}
