import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { ana, build } from '../helper.ts'

const subscriber = `{"status":"success","data":{"id":9007199254740993123,"first_name":"Ana","email":"ana@example.com",
  "tags":[{"id":1,"name":"VIP"}],"custom_fields":[{"id":1,"name":"Shirt size","type":"text","value":"S"}]}}`

const block = defineBlock({
  open: async ({ contact, fullContact, tap }) => {
    if ((await fullContact()) !== contact) return 'asked again'
    return { messages: [{ type: 'text', text: 'Hello', buttons: [tap('More', 'more')] }] }
  },
  steps: {
    more: async ({ contact, fullContact }) => {
      const { id, email, custom_fields } = await fullContact()
      return [contact.email, id === contact.id, email, custom_fields?.['Shirt size']].join(' ')
    },
  },
})

t.test('a step gets the rest of the contact from the Public API', async t => {
  const platform = await startFakePlatform(t)
  const config = { manychatApiKeys: ['1234567890123456789:key'], manychatApiUrl: platform.url }
  const { open, tap } = build(t, { config, blocks: { block } })
  const opened = await open('block', ana)
  t.equal(opened.shown, 'Hello')
  t.equal(platform.heard.length, 0, 'an opening call holds all of it already')
  platform.answerWith({ body: subscriber })
  t.equal((await tap(opened, 'More')).shown, ' true ana@example.com S')
  t.equal(platform.heard[0]?.path, '/fb/subscriber/getInfo?subscriber_id=9007199254740993123')
})

t.test('without a key the contact sees the fallback, and the log says how to configure one', async t => {
  const { open, tap, lines } = build(t, { blocks: { block } })
  const { shown } = await tap(await open('block', ana), 'More')
  t.match(shown, /^Sorry, that did not work/)
  t.match(lines('error'), [{ code: 'DYN_PAGE_KEY_MISSING', problem: /MANYCHAT_API_KEYS/, step: 'more' }])
})
