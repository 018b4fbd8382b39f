import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import gallery from '../../../examples/blocks/gallery.ts'
import size from '../../../examples/blocks/size.ts'
import { type Block, defineBlock } from '../../../src/blocks/define.ts'
import type { Fixture } from '../../../src/dev/conversation/fixture.ts'
import { cards, Type, text } from '../../../src/index.ts'
import { build, buttonOf, folderOf, secret, stateKey } from '../../helper.ts'

const canary = {
  id: '9007199254740993123',
  page: '1234567890123456789',
  first: 'Canaria',
  last: 'Testina',
  phone: '+49 151 23456789',
  email: 'canaria@private.test',
}
const body = JSON.stringify({
  contact: {
    id: canary.id,
    key: `user:${canary.id}`,
    page_id: canary.page,
    ig_id: '17841400987654321',
    user_refs: ['-1543835812530302162', { user_ref: '-1543835812530302163', opted_in: true }],
    first_name: canary.first,
    last_name: canary.last,
    name: `${canary.first} ${canary.last}`,
    ig_username: 'canaria.tests',
    phone: canary.phone,
    email: canary.email,
    profile_pic: 'https://pictures.test/canaria-private.jpg',
    live_chat_url: `https://app.manychat.com/fb${canary.page}/chat/${canary.id}`,
    last_input_text: `I am ${canary.first}, call ${canary.phone}`,
    subscribed: '2026-01-05T10:00:00+00:00',
    language: 'es',
    custom_fields: { Size: 'S', Birthday: '1990-02-03', Phone: '555 123 4567', note: 'for CANARIA testina', age: 36 },
  },
  channel: 'instagram',
  order_id: 12345678,
  amount: 1990,
  callback: 4915123456789,
  session_token: 'canary-session-token',
})

function record(t: Test, blocks: Record<string, Block>, config: object = {}) {
  const recordDir = join(folderOf(t), 'recordings')
  const built = build(t, { blocks, config: { dev: true, recordDir, ...config } })
  return { ...built, recordDir, read }

  /** Closes the server and reads its recordings, which must hold nothing of the contact. */
  async function read(): Promise<Fixture[]> {
    await built.app.close()
    return readdirSync(recordDir)
      .sort()
      .map(name => {
        const written = readFileSync(join(recordDir, name), 'utf8')
        for (const real of [
          ...Object.values(canary),
          'Canaria',
          'CANARIA',
          'canaria',
          'estina',
          '5123456789',
          '1234567',
          'canary',
          '-154383',
          '178414',
        ])
          t.notOk(written.includes(real), `nothing of ${real}`)
        for (const hidden of [secret, stateKey, 'eyJ']) t.notOk(written.includes(hidden), 'no secret, no token')
        t.equal(statSync(join(recordDir, name)).mode & 0o077, 0, 'for the owner alone')
        return JSON.parse(written)
      })
  }
}

t.test('a conversation, without what tells who it was', async t => {
  const { open, tap, say, clock, read } = record(t, { size })
  const opened = await open('size', body)
  clock.ms += 12_000
  const chosen = await tap(opened, 'Small')
  clock.ms += 300
  await say(chosen, `${canary.first} ${canary.phone} ${canary.email}`)
  const [fixture, ...others] = await read()
  t.same(others, [])
  t.match(fixture, {
    dynablock: 'conversation',
    block: 'size',
    channel: 'instagram',
    at: '2026-01-01T00:00:00.000Z',
    contact: {
      id: /^\d{19}$/,
      key: /^user:\d{19}$/,
      page_id: /^\d{19}$/,
      ig_id: /^\d{17}$/,
      user_refs: [/^-\d{19}$/, { user_ref: /^-\d{19}$/, opted_in: true }],
      name: /^[A-Z][a-z]+ [A-Z][a-z]+$/,
      phone: /^\+99 9\d\d \d{8}$/,
      email: /^person-[0-9a-f]{8}@example\.com$/,
      profile_pic: 'https://example.com/picture.png',
      subscribed: '2026-01-05T10:00:00+00:00',
      custom_fields: { Size: 'S', Birthday: '1990-02-03', Phone: /^999 \d{3} \d{4}$/, age: 36 },
    },
    extras: { amount: 1990, session_token: '<secret>' },
    steps: [
      { do: 'open' },
      { do: 'wait', ms: 12_000, answers: [] },
      { do: 'tap', caption: 'Small' },
      { do: 'say', text: /^[A-Z][a-z]+ \+99 9\d\d \d{8} person-\w{8}@example\.com$/ },
    ],
  })
  const { contact, extras, steps } = fixture as Fixture
  t.equal(contact.key, `user:${contact.id}`)
  t.equal(contact.live_chat_url, `https://app.manychat.com/fb${contact.page_id}/chat/${contact.id}`)
  t.match(String(extras?.order_id), /^\d{8}$/)
  t.match(String(extras?.callback), /^999\d{10}$/)
  const [first, , second, third] = steps
  t.match(first?.answers, [{ content: { messages: [{ text: `Hi ${contact.first_name}! Which size?` }] } }])
  t.match(JSON.stringify(first?.answers), /"url":"<server>\/blocks\/size\/chosen".*"state":"<sealed>"/)
  t.match(second?.answers, [
    { version: 'v2', content: { external_message_callback: { payload: { state: '<sealed>' } } } },
  ])
  t.match(third?.answers, [{ content: { actions: [{ tag_name: 'ordered' }] } }])
})

t.test('the same contact is the same, in each file and after a restart with the same key', async t => {
  const [one, two, other] = [
    record(t, { size }),
    record(t, { size }),
    record(t, { size }, { stateKeys: [`${stateKey}-2`] }),
  ]
  for (const { open } of [one, one, two, other]) await open('size', body)
  const ids = (await Promise.all([one, two, other].map(({ read }) => read()))).map(fixtures =>
    fixtures.map(({ contact }) => contact.id),
  )
  t.equal(ids[0]?.length, 2)
  t.equal(ids[0]?.[0], ids[0]?.[1])
  t.equal(ids[0]?.[0], ids[1]?.[0])
  t.not(ids[0]?.[0], ids[2]?.[0])
})

t.test('of buttons with one caption it is told which', async t => {
  const { open, enter, read } = record(t, {
    shop: defineBlock({
      states: { taken: Type.String() },
      open: ({ tap }) => cards(['a', 'b', 'c'].map(title => ({ title, buttons: [tap('Take', 'taken', title)] }))),
      steps: { taken: ({ state }) => `${state} is taken` },
    }),
  })
  const opened = await open('shop', body)
  const [message] = opened.content.messages
  const elements = message?.type === 'cards' ? message.elements : []
  for (const place of [1, 2]) await enter(elements[place]?.buttons?.[0] as never)
  const [fixture] = await read()
  t.match(fixture?.steps, [{ do: 'open' }, { do: 'tap', caption: 'Take', index: 1 }, { do: 'tap', caption: 'Take' }])
  t.notOk('index' in Object(fixture?.steps[2]), 'the latest needs no number')
})

t.test('both requests of a tap of a quick reply are one step, whichever is first', async t => {
  const block = defineBlock({
    open: ({ tapReply, listen }) => ({
      messages: [text('Which?')],
      quick_replies: [tapReply('Red', 'red')],
      external_message_callback: listen('other'),
    }),
    steps: { red: () => 'Red it is', other: () => 'That is none' },
  })
  for (const order of ['tap', 'message'] as const) {
    const { open, enter, read } = record(t, { colour: block })
    const opened = await open('colour', body)
    const tapped = () => enter(buttonOf(opened, 'Red'))
    const said = () => enter(opened.content.external_message_callback as never, { input: 'Red' })
    for (const request of order === 'tap' ? [tapped, said] : [said, tapped]) await request()
    const [fixture] = await read()
    t.match(fixture?.steps, [{ do: 'open' }, { do: 'tap', caption: 'Red', answers: [{}, {}] }])
    t.equal(fixture?.steps.length, 2)
    t.notOk('text' in Object(fixture?.steps[1]))
  }
})

t.test('what a block writes itself is recorded, but its secrets are not', async t => {
  const { open, read } = record(t, {
    links: defineBlock({
      open: () => ({
        messages: [
          text(`Ask ${secret} at help@shop.test or +1 800 555 0100`, [
            {
              type: 'dynamic_block_callback',
              caption: 'Go',
              url: 'https://shop.test/callback',
              method: 'post',
              headers: { Authorization: 'Bearer canary-of-the-shop' },
              payload: { n: 1 },
            },
          ]),
        ],
      }),
    }),
  })
  await open('links', body)
  const [fixture] = await read()
  t.match(fixture?.steps[0]?.answers, [
    {
      content: {
        messages: [
          {
            text: /^Ask <secret> at person-\w{8}@example\.com or \+9 99\d \d{3} \d{4}$/,
            buttons: [{ url: 'https://shop.test/callback', headers: { Authorization: '<secret>' } }],
          },
        ],
      },
    },
  ])
})

t.test('what was refused, and what began before, is not recorded', async t => {
  const before = build(t, { blocks: { size } })
  const opened = await before.open('size', body)
  const { app, open, tap, recordDir } = record(t, { size, gallery })
  await open('size', body, { authorization: 'Bearer wrong' })
  await open('nothing', body)
  await open('size', '{"order":7}')
  t.equal((await tap(opened, 'Small')).status, 200)
  await app.inject('/healthz')
  await app.close()
  t.throws(() => readdirSync(recordDir), { code: 'ENOENT' })
})

t.test('a folder that can not be written fails nobody, and is told once', async t => {
  const file = join(folderOf(t, { taken: '' }), 'taken')
  const { app, open, lines } = build(t, { blocks: { size }, config: { dev: true, recordDir: join(file, 'under') } })
  for (let i = 0; i < 3; i++) t.equal((await open('size', body)).status, 200)
  await app.close()
  t.match(lines('error'), [{ msg: /^a call was not recorded/ }])
  t.equal(lines('error').length, 1)
  t.notMatch(JSON.stringify(lines('error')), canary.first)
})
