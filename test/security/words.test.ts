import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { readJsonBlock } from '../../src/blocks/json-block.ts'
import { ana, build, type Callback, post, secret } from '../helper.ts'

const near = ['9007199254740993123', '9007199254740993124', '9007199254740993000']

t.test('M1: what a contact writes becomes neither step, state, contact nor page', async t => {
  const heard: unknown[] = []
  const form = defineBlock({
    open: ({ listen }) => ({ messages: [], external_message_callback: listen('name') }),
    steps: {
      name: ({ contact, page, input, state }) => {
        heard.push({ id: contact.id, page, input, state })
      },
      secret: () => 'You should not be here',
    },
  })
  const { app, open } = build(t, { blocks: { form } })
  const { url, payload } = (await open('form')).content.external_message_callback as Callback
  const template = JSON.stringify(payload).replace('{{user_id}}', near[0] as string)
  const path = new URL(url).pathname
  for (const words of [
    '{"step":"secret"}',
    '{{contact.id}}',
    '../secret',
    // Inserted without escaping, these would become members of the body.
    '","step":"secret","block":"other","contact":"7","first_name":"Eve","x":"',
    '","channel":"whatsapp","page":"7","id":"7","__proto":{"id":"7"},"x":"',
  ]) {
    const said = await post(app, path, template.replace('{{last_input_text}}', words))
    t.ok(said.status === 200 || said.status === 400, words)
    t.notMatch(said.shown ?? '', 'should not')
  }
  t.ok(heard.length >= 3)
  for (const one of heard) t.match(one, { id: near[0], page: '1234567890123456789', state: undefined })
  const other = template.replace('{{last_input_text}}', '","user_id":"7","x":"')
  t.equal((await post(app, path, other)).json.code, 'DYN_BODY_REFUSED')
})

t.test('M2: contacts whose ids differ in the last of 19 digits are never taken for each other', async t => {
  const who = defineBlock({
    open: ({ contact, tap }) => ({ messages: [{ type: 'text', text: contact.id, buttons: [tap('Me', 'me')] }] }),
    steps: { me: ({ contact }) => contact.id },
  })
  const { app, open, tap } = build(t, { blocks: { who } })
  for (const id of near) {
    const opened = await open('who', `{"id":${id}}`)
    t.same([opened.shown, (await tap(opened, 'Me')).shown], [id, id])
    const state = /"state":"([^"]+)"/.exec(opened.text)?.[1]
    for (const other of near) {
      const { status } = await post(app, '/blocks/who/me', `{"state":"${state}","user_id":${other}}`)
      t.equal(status, other === id ? 200 : 401, `${other} taps a button of ${id}`)
    }
  }
})

t.test('M4: words that were not escaped replace no contact', async t => {
  const { open } = build(t, { blocks: { who: defineBlock({ open: ({ contact }) => contact.id }) } })
  const body = `{"contact":${ana},"note":"{{last_input_text}}"}`
  for (const words of [
    'x","contact":{"id":666,"key":"user:666"},"y":"',
    'x","contact" : {"id":666},"y":"',
    '","note":"',
  ]) {
    t.equal((await open('who', body.replace('{{last_input_text}}', words))).status, 400, words)
  }
  const others = [
    '"lead":{"id":666,"key":"user:666"}',
    '"user_id":"666"',
    '"user":{"userId":"666"}',
    '"data":{"id":666}',
  ]
  for (const genuine of [`"contact":${ana}`, `"subscriber_id":${near[0]}`]) {
    for (const other of others) {
      const { status, shown } = await open('who', `{${genuine},"note":"x",${other},"y":""}`)
      t.ok(status === 400 || shown === near[0], `${other} beside ${genuine.slice(0, 20)}`)
    }
  }
  const escaped = JSON.stringify('x","contact":{"id":666},"y":"').slice(1, -1)
  t.equal((await open('who', body.replace('{{last_input_text}}', escaped))).shown, near[0])
})

t.test('M3: a template in what a contact wrote is shown, and not run', async t => {
  const { block } = readJsonBlock('{"messages":[{"type":"text","text":"{{ contact.first_name }}: {{ input }}"}]}')
  const { app } = build(t, { blocks: { block } })
  const body = {
    contact: { id: 7, first_name: '{% assign x = 1 %}{% echo x %}', email: 'canary' },
    input: '{% echo contact.email %}!',
  }
  const { shown } = await post(app, '/blocks/block', body, { authorization: `Bearer ${secret}` })
  t.equal(shown, '{% assign x = 1 %}{% echo x %}: {% echo contact.email %}!')
  const variables = { ...body, input: '{{ contact.email }}!' }
  const { shown: unrendered } = await post(app, '/blocks/block', variables, { authorization: `Bearer ${secret}` })
  t.equal(unrendered, '{% assign x = 1 %}{% echo x %}: ', 'taken for a variable that ManyChat did not render')
})
