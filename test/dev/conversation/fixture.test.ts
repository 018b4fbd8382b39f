import t from 'tap'
import { readAnswer, readFixture } from '../../../src/dev/conversation/fixture.ts'

const publicUrl = 'https://blocks.test/base'
const answer = (body: string, status = 200) => readAnswer({ status, headers: {}, body, ms: 0 }, publicUrl)
const fixture = { dynablock: 'conversation', block: 'size', channel: 'telegram', contact: { id: '5' }, steps: [] }

t.test('an answer as it is the same in each run', async t => {
  t.same(
    answer(
      JSON.stringify({
        state: 'eyJhbGciOi.eyJibG9jay.c2lnbmF0dXJl',
        within: 'see https://x.test/?t=eyJhbGciOi.eyJibG9jay.c2lnbmF0dXJl',
        url: 'https://blocks.test/base/blocks/size/chosen',
        other: 'http://localhost:3000/blocks/size/chosen',
        picture: 'https://blocks.test/base/picture.png',
        headers: { Authorization: 'Bearer canary', 'X-Any': 'canary' },
        list: [1, null, 'eyes. are. here', true],
      }),
    ),
    {
      state: '<sealed>',
      within: 'see https://x.test/?t=<sealed>',
      url: '<server>/blocks/size/chosen',
      other: '<server>/blocks/size/chosen',
      picture: '<server>/picture.png',
      headers: { Authorization: '<secret>', 'X-Any': '<secret>' },
      list: [1, null, 'eyes. are. here', true],
    },
  )
  t.same(answer('{"headers":"none"}'), { headers: 'none' })
  t.same(answer('{"n":9007199254740993123}'), { n: '9007199254740993123' })
})

t.test('what is none is told as it came', async t => {
  t.same(answer('<html>', 502), { status: 502, body: '<html>' })
  t.same(answer('{"code":"DYN_X"}', 401), { status: 401, body: { code: 'DYN_X' } })
  t.same(readAnswer({ failed: 'timeout', ms: 10_000 }, publicUrl), { failed: 'timeout' })
})

t.test('a file that is no conversation is refused by its place', async t => {
  t.same(readFixture(fixture), fixture)
  for (const [change, path] of [
    [{ channel: 'sms' }, '/channel'],
    [{ steps: [{ do: 'fly', answers: [] }] }, '/steps/0'],
    [{ at: 'yesterday' }, '/at'],
    [{ contact: [] }, '/contact'],
  ] as const) {
    t.throws(() => readFixture({ ...fixture, ...change }), {
      code: 'DYN_FIXTURE_INVALID',
      message: new RegExp(`at ${path}, got `),
    })
  }
  t.throws(() => readFixture(null), { code: 'DYN_FIXTURE_INVALID', expected: 'an object', got: 'null' })
})
