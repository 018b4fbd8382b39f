import t from 'tap'
import { defineBlock, Type } from '../../src/index.ts'
import { type Answer, build } from '../helper.ts'

const shop = defineBlock({
  states: { bought: Type.Object({ item: Type.Integer() }) },
  open: ({ menu, choice }) =>
    menu('What will it be?', [
      ...['Café crème', 'A book 📚'].map((caption, index) => choice(caption, 'bought', { item: index + 1 })),
      choice('Nothing', 'left'),
    ]),
  steps: { bought: ({ state }) => `Bought ${state.item}`, left: () => 'Bye' },
})
const asking = defineBlock({
  open: ({ menu }) => menu('Sure?', [{ caption: 'Yes', step: 'yes' }], { otherwise: 'other' }),
  steps: { yes: () => 'Good', other: ({ input }) => `Not understood: ${input}` },
})
const blocks = { shop, asking }

const onChannel = (channel: string) => `{"contact":{"id":7},"channel":"${channel}"}`

for (const channel of ['messenger', 'instagram']) {
  t.test(`on ${channel} it is quick replies`, async t => {
    const { open, tap } = build(t, { blocks })
    const opened = await open('shop', onChannel(channel))
    t.equal(opened.shown, 'What will it be?')
    t.same(
      opened.content.quick_replies?.map(({ caption }) => caption),
      ['Café crème', 'A book 📚', 'Nothing'],
    )
    t.notOk(opened.content.external_message_callback)
    t.equal((await tap(opened, 'A book 📚')).shown, 'Bought 2')
    t.equal((await tap(opened, 'Nothing')).shown, 'Bye')
  })
}

for (const channel of ['whatsapp', 'telegram', 'tiktok']) {
  t.test(`on ${channel} it is a numbered list and a listener`, async t => {
    const { open, say, lines } = build(t, { blocks })
    const opened = await open('shop', onChannel(channel))
    t.equal(opened.shown, 'What will it be?\n1. Café crème\n2. A book 📚\n3. Nothing')
    t.notOk('quick_replies' in opened.content)
    t.equal(opened.content.type, channel === 'tiktok' ? undefined : channel)
    for (const said of [
      '1',
      ' 1 ',
      '1.',
      '1)',
      '#1',
      '１',
      '1️⃣',
      '①',
      '01',
      'Café crème',
      'CAFÉ  CRÈME',
      'cafe\u0301 crème ',
    ]) {
      t.equal((await say(opened, said)).shown, 'Bought 1', said)
    }
    for (const said of ['2', '２．', 'a BOOK 📚', 'A book 📚\u{fe0f}']) {
      t.equal((await say(opened, said)).shown, 'Bought 2', said)
    }
    t.equal((await say(opened, '3')).shown, 'Bye')
    t.same(lines('error'), [])
  })

  t.test(`on ${channel} it asks again until it is understood`, async t => {
    const { open, say, clock } = build(t, { blocks })
    let answer: Answer = await open('shop', onChannel(channel))
    const { shown } = answer
    for (const said of ['0', '4', '-1', '1000', '1 2', 'one', '', 'Café']) {
      clock.ms += 86_000_000
      answer = await say(answer, said)
      t.same([answer.status, answer.shown], [200, shown], said)
    }
    t.equal((await say(answer, '2')).shown, 'Bought 2')
  })

  t.test(`on ${channel} anything else is for the step \`otherwise\``, async t => {
    const { open, say } = build(t, { blocks })
    const opened = await open('asking', onChannel(channel))
    t.equal((await say(opened, 'yes')).shown, 'Good')
    t.equal((await say(opened, 'perhaps')).shown, 'Not understood: perhaps')
    t.equal((await say(opened, '2')).shown, 'Not understood: 2')
  })
}

t.test('a caption that is a number counts before the place', async t => {
  const block = defineBlock({
    states: { chosen: Type.Integer() },
    open: ({ menu }) =>
      menu('How many?', [
        { caption: '2', step: 'chosen', state: 2 },
        { caption: '1', step: 'chosen', state: 1 },
      ]),
    steps: { chosen: ({ state }) => `${state}` },
  })
  const { open, say } = build(t, { blocks: { block } })
  const opened = await open('block', onChannel('whatsapp'))
  t.equal((await say(opened, '1')).shown, '1')
  t.equal((await say(opened, '2')).shown, '2')
})

t.test('content can be put beside it', async t => {
  const block = defineBlock({
    open: ({ menu }) => ({
      ...menu('Sure?', [{ caption: 'Yes', step: 'yes' }]),
      actions: [{ action: 'add_tag', tag_name: 'asked' }],
    }),
    steps: { yes: () => 'Good' },
  })
  const { open, say } = build(t, { blocks: { block } })
  const opened = await open('block', onChannel('telegram'))
  t.equal(opened.content.actions?.length, 1)
  t.equal((await say(opened, '1')).shown, 'Good')
})

t.test('a menu that leads nowhere is refused when it is made, on every channel', async t => {
  type Loose = (...args: unknown[]) => never
  for (const channel of ['messenger', 'whatsapp']) {
    for (const [lines, options, code] of [
      [[{ caption: 'Go', step: 'nothing' }], {}, 'DYN_STEP_MISSING'],
      [[{ caption: 'Go', step: 'sized' }], {}, 'DYN_STATE_INVALID'],
      [[{ caption: 'Go', step: 'plain' }], { otherwise: 'nothing' }, 'DYN_STEP_MISSING'],
      [[{ caption: 'Go', step: 'plain' }], { otherwise: 'sized' }, 'DYN_STATE_INVALID'],
    ] as const) {
      const block = defineBlock({
        states: { sized: Type.String() },
        open: ({ menu }) => (menu as Loose)('Go?', lines, options),
        steps: { plain: () => 'Plain', sized: ({ state }) => state },
      })
      const { open, lines: logged } = build(t, { blocks: { block } })
      await open('block', onChannel(channel))
      t.match(logged('error'), [{ code }], `${channel} ${code}`)
    }
  }
})
