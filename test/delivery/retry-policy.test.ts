import t from 'tap'
import { decideOutcome, type Ended, giveUpAfterMs } from '../../src/delivery/retry-policy.ts'
import { type ErrorCode, errorTable } from '../../src/errors/error-table.ts'
import { createError } from '../../src/errors/errors.ts'
import { type CarriedOut, createOutboundError } from '../../src/outbound/outbound-error.ts'

const now = Date.UTC(2026, 0, 1)
const send = { attempts: 1, failures: 0, dueAt: now, onUnknown: 'retry' } as const

/** The outcome of each client error with `retry` and with `hold`. */
const cases: [code: ErrorCode, carriedOut: CarriedOut, platformCode: number | null, retry: string, hold: string][] = [
  ['DYN_CALL_REFUSED', 'no', null, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 2011, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 2012, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 3011, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 3021, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 3031, 'dead', 'dead'],
  ['DYN_CALL_REFUSED', 'no', 3040, 'dead', 'dead'],
  ['DYN_CALL_NAME_UNKNOWN', 'no', null, 'dead', 'dead'],
  ['DYN_CALL_DOUBTFUL', 'unknown', null, 'dead', 'dead'],
  ['DYN_CALL_PARAMS', 'no', null, 'dead', 'dead'],
  ['DYN_CALL_LIMITED', 'no', null, 'wait', 'wait'],
  ['DYN_CALL_FAILED', 'no', null, 'retry', 'retry'],
  ['DYN_CALL_FAILED', 'unknown', null, 'retry', 'dead'],
  ['DYN_CALL_ANSWER', 'no', null, 'retry', 'retry'],
  ['DYN_CALL_ANSWER', 'unknown', null, 'retry', 'dead'],
  ['DYN_MANYCHAT_KEY', 'no', null, 'retry', 'retry'],
  ['DYN_MANYCHAT_NO_KEY', 'no', null, 'retry', 'retry'],
  ['DYN_MANYCHAT_SCOPE', 'no', null, 'retry', 'retry'],
  ['DYN_MANYCHAT_PLAN', 'no', null, 'retry', 'retry'],
  ['DYN_MANYCHAT_UNINSTALLED', 'unknown', null, 'retry', 'dead'],
  ['DYN_MATON_KEY', 'no', null, 'retry', 'retry'],
  ['DYN_MATON_CONNECTION', 'no', null, 'retry', 'retry'],
  ['DYN_MATON_APP', 'no', null, 'retry', 'retry'],
  ['DYN_MATON_PATH', 'no', null, 'retry', 'retry'],
  ['DYN_CHATFUEL_TOKEN', 'no', null, 'retry', 'retry'],
]
/** Errors before a call: of pages, bots, keys and content. */
const before: [code: ErrorCode, kind: string][] = [
  ['DYN_PAGE_KEY_MISSING', 'retry'],
  ['DYN_PAGE_UNKNOWN', 'retry'],
  ['DYN_BOT_UNKNOWN', 'retry'],
  ['DYN_SEND_OPERATION', 'retry'],
  ['DYN_CLIENT_OPTIONS', 'retry'],
  ['DYN_SECRET_UNREADABLE', 'retry'],
  ['DYN_CONTENT_INVALID', 'dead'],
  ['DYN_FIELD_VALUE', 'dead'],
]

t.test('every error of the clients has an outcome', async t => {
  const named = new Set(cases.map(([code]) => code))
  const isOfClient = (code: string) => /^DYN_(CALL|MANYCHAT|MATON|CHATFUEL)_(?!UNREADABLE)/.test(code)
  const all = Object.keys(errorTable).filter(isOfClient)
  t.strictSame([...named].sort(), all.sort())
})

for (const [code, carriedOut, platformCode, ...outcomes] of cases) {
  for (const [index, onUnknown] of (['retry', 'hold'] as const).entries()) {
    t.test(`${code} ${platformCode ?? ''} carried out: ${carriedOut}, on_unknown: ${onUnknown}`, async t => {
      const error = outbound(code, { carriedOut, platformCode })
      const outcome = decide({ send: { ...send, onUnknown }, error })
      t.equal(kindOf(outcome), outcomes[index])
      if ('error' in outcome) t.strictSame(outcome.error, { code, message: error.message })
    })
  }
}

for (const [code, kind] of before) {
  t.test(`${code}, on_unknown: hold`, async t => {
    const error = createError(code as 'DYN_PAGE_KEY_MISSING', { page: '1' })
    t.equal(kindOf(decide({ send: { ...send, onUnknown: 'hold' }, error })), kind)
  })
}

t.test('no error is done', async t => {
  t.strictSame(decide({ error: null }), { kind: 'done' })
})

t.test('an error that is nobody’s may have happened anywhere, and is not quoted', async t => {
  const error = new TypeError('what a contact wrote')
  const outcome = decide({ error })
  t.match(outcome, { kind: 'retry', error: { code: 'DYN_INTERNAL' } })
  t.notMatch(JSON.stringify(outcome), 'what a contact wrote')
  t.equal(decide({ send: { ...send, onUnknown: 'hold' }, error }).kind, 'dead')
})

t.test('3011 and 3031 go by the fallback flow, where there is one; nothing else does', async t => {
  for (const platformCode of [3011, 3031]) {
    t.equal(decide({ error: outbound('DYN_CALL_REFUSED', { platformCode }), hasFallback: true }).kind, 'fallback')
  }
  for (const platformCode of [3021, 3040, 2011, null]) {
    t.equal(decide({ error: outbound('DYN_CALL_REFUSED', { platformCode }), hasFallback: true }).kind, 'dead')
  }
  t.equal(decide({ error: outbound('DYN_MANYCHAT_KEY', { platformCode: 3011 }), hasFallback: true }).kind, 'retry')
})

t.test('content goes without its actions where one names what the page does not have', async t => {
  const error = outbound('DYN_CALL_NAME_UNKNOWN', {})
  t.equal(decide({ error, hasContent: true }).kind, 'unknown_name')
  t.equal(decide({ error }).kind, 'dead')
})

t.test('what is dead because nobody knows is told from what was refused', async t => {
  const hold = { ...send, onUnknown: 'hold' } as const
  const unknown = outbound('DYN_CALL_FAILED', { carriedOut: 'unknown' })
  t.match(decide({ send: hold, error: unknown }), { kind: 'dead', isHeld: true })
  t.match(decide({ error: outbound('DYN_CALL_DOUBTFUL', { carriedOut: 'unknown' }) }), { kind: 'dead', isHeld: true })
  t.notOk('isHeld' in decide({ send: hold, error: outbound('DYN_CALL_REFUSED', {}) }))
})

t.test('backoff doubles from a second to five minutes, with jitter', async t => {
  const error = outbound('DYN_CALL_FAILED', { carriedOut: 'no' })
  const delays = [0, 1, 2, 3, 8, 9, 50, 2000].map(attempts =>
    [0, 0.999].map(random => waitOf(decide({ send: { ...send, attempts }, error, random }))),
  )
  t.strictSame(delays, [
    [1000, 1999],
    [1000, 1999],
    [2000, 3998],
    [4000, 7996],
    [128_000, 255_872],
    [150_000, 299_850],
    [150_000, 299_850],
    [150_000, 299_850],
  ])
})

t.test('it ends after 24 hours, but not before there were tries', async t => {
  const error = outbound('DYN_MANYCHAT_KEY', {})
  const day = { ...send, dueAt: now - giveUpAfterMs }
  t.equal(decide({ send: { ...day, attempts: 10 }, error }).kind, 'dead')
  t.equal(decide({ send: { ...day, attempts: 10, dueAt: day.dueAt + 1 }, error }).kind, 'retry')
  t.equal(decide({ send: { ...day, attempts: 9 }, error }).kind, 'retry', 'planned for later')
})

t.test('a limit ends after 24 hours too, but not before it was met often; our own rate is no failure', async t => {
  const day = { ...send, dueAt: now - giveUpAfterMs }
  t.equal(decide({ send: { ...day, failures: 9 }, error: limited(429) }).kind, 'dead')
  t.match(decide({ send: { ...day, failures: 8 }, error: limited(429) }), { kind: 'retry', failures: 9 })
  t.equal(kindOf(decide({ send: { ...send, failures: 500 }, error: limited(429) })), 'wait')
  t.match(decide({ send: { ...day, failures: 500 }, error: limited(null) }), { kind: 'retry', failures: 500 })
})

t.test('a limit is waited for: as long as was said, else longer each time', async t => {
  const waits = ([said, times, random]: [number | null, number, number]) =>
    waitOf(decide({ send: { ...send, failures: times - 1 }, error: limited(429, said), random }))
  t.strictSame(
    (
      [
        [7000, 1, 0],
        [7000, 3, 0.5],
        [0, 1, 0],
        [1e12, 1, 0],
        [null, 1, 0],
        [null, 3, 0],
        [null, 30, 0.5],
      ] as const
    ).map(entry => waits([...entry])),
    [7000, 7500, 0, 3_600_000, 1000, 4000, 225_000],
  )
  t.equal(waitOf(decide({ error: limited(429, null) })), 1000, 'the first time')
  t.match(decide({ error: limited(429) }), { limit: 'platform', countsAsAttempt: false })
  t.match(decide({ error: limited(null, 1040.5) }), { limit: 'ours', countsAsAttempt: false, at: now + 1041 })
  t.equal(waitOf(decide({ error: limited(null) })), 0)
})

function decide(ended: Partial<Ended>) {
  return decideOutcome({ send, now, random: 0, error: null, ...ended })
}

function outbound(
  code: ErrorCode,
  around: {
    carriedOut?: CarriedOut
    platformCode?: number | null
    httpStatus?: number | null
    retryAfterMs?: number | null
  },
) {
  const { carriedOut = 'no', httpStatus = 400, ...rest } = around
  const all = {
    service: 'manychat',
    operation: 'sending.sendContent',
    page: '1',
    carriedOut,
    httpStatus,
    ...rest,
  } as const
  return createOutboundError(code as 'DYN_CALL_FAILED', all, { got: 'that' })
}

function limited(httpStatus: number | null, retryAfterMs: number | null = null) {
  return outbound('DYN_CALL_LIMITED', { httpStatus, retryAfterMs })
}

function kindOf(outcome: ReturnType<typeof decide>): string {
  return outcome.kind === 'retry' && !outcome.countsAsAttempt ? 'wait' : outcome.kind
}

function waitOf(outcome: ReturnType<typeof decide>): number {
  return 'at' in outcome ? outcome.at - now : Number.NaN
}
