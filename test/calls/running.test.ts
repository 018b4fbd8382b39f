import t from 'tap'
import { startCall } from '../../src/calls/running.ts'
import { type Call, defineBlock, text } from '../../src/index.ts'
import { noRooms } from '../contacts/no-rooms.ts'
import { build } from '../helper.ts'

const steps = { next: () => 'Next' }
const key = '1234567890123456789:key'

t.test('a copy of a call has all that the call has', async t => {
  const copied = defineBlock({
    open: call => {
      const { log, tap, listen, menu, manychat, signal, fullContact, memory, remember, forgetContact, ...others } = {
        ...call,
        extras: { more: 1 },
      }
      log.warn({ copied: Object.keys(others).sort() }, 'a copy')
      t.equal(signal, call.signal)
      for (const verb of [fullContact, memory, remember, forgetContact]) t.type(verb, 'function')
      t.type(manychat.page.getInfo, 'function')
      t.type(manychat.sending.sendFlow, 'function')
      t.type(manychat.subscriber.getInfo, 'function')
      t.type(manychat.template.generateSingleUseLink, 'function')
      t.match(menu('Go on?', [{ caption: 'Yes', step: 'next' }]), { quick_replies: [{ caption: 'Yes' }] })
      return { messages: [text('Hi', [tap('Go on', 'next')])], external_message_callback: listen('next') }
    },
    steps,
  })
  const { open, tap, say, lines } = build(t, { blocks: { copied }, config: { manychatApiKeys: [key] } })
  const opened = await open('copied')
  t.equal((await tap(opened, 'Go on')).shown, 'Next')
  t.equal((await say(opened, 'more')).shown, 'Next')
  const own = ['attempt', 'channel', 'choice', 'contact', 'extras', 'id', 'input', 'page', 'state', 'tapReply']
  t.match(
    lines('warn'),
    [{ block: 'copied', step: null, channel: 'messenger', copied: own }],
    'its lines name the call',
  )
})

t.test('a step can hand its call to another handler', async t => {
  const greet = ({ contact, tap }: Call<Record<never, never>, 'next'>) =>
    text(`Hi ${contact.first_name}`, [tap('Go on', 'next')])
  const block = defineBlock({ open: call => greet({ ...call }), steps })
  const { open, tap } = build(t, { blocks: { block } })
  const opened = await open('block')
  t.equal(opened.shown, 'Hi Ana')
  t.equal((await tap(opened, 'Go on')).shown, 'Next')
})

t.test('without a key only the use of an operation fails', async t => {
  const copied = defineBlock({ open: call => `${{ ...call }.manychat === call.manychat}` })
  const used = defineBlock({ open: ({ manychat }) => manychat.page.getInfo().then(({ name }) => name) })
  const { open, lines } = build(t, { blocks: { copied, used } })
  t.equal((await open('copied')).shown, 'true')
  t.match((await open('used')).shown, /^Sorry/)
  t.match(lines('error'), [{ code: 'DYN_PAGE_KEY_MISSING' }])
})

t.test('each level of its log is written, by one log of its own', async t => {
  const written: unknown[] = []
  const own = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const log = {
    child(bindings: object) {
      written.push(bindings)
      return own
    },
  }
  const contact = { id: '7' }
  const { call } = startCall(
    { id: 'x', block: 'block', step: null, contact, page: null, channel: 'telegram', input: null, extras: {} },
    {
      block: defineBlock({ open: () => 'Hi' }),
      attempt: 1,
      tools: {
        publicUrl: '',
        rooms: noRooms,
        sign: String,
        now: Date.now,
        clientFor: () => t.fail('no client is asked for') as never,
        log,
      },
    },
  )
  t.same(written, [], 'made when it is first used')
  for (const level of ['debug', 'info', 'warn', 'error'] as const) call.log[level]({ level }, 'said')
  const levels = ['debug', 'info', 'warn', 'error'].map(level => [level, { level }, 'said'])
  t.same(written, [{ call: 'x', block: 'block', step: null, channel: 'telegram' }, ...levels])

  function note(level: string) {
    return (...line: unknown[]) => void written.push([level, ...line])
  }
})
