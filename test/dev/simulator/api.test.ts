import t from 'tap'
import { serveSimulator } from './serve.ts'
import { size } from './size.ts'

const page = '1234567890123456789'
const key = { authorization: `Bearer ${page}:simulator` }

t.test('a contact made through the API writes, and can then be sent content', async t => {
  const { post, create, send } = await serveApi(t)
  const { id } = await create({ first_name: 'Bo', whatsapp_phone: '+34600' })
  t.match(await send(id, 'Hi', 'whatsapp'), { status: 400, json: { code: 3011 } })
  t.match(await post(`/contacts/${id}/messages`, { text: 'Hello' }), { status: 200, json: { heard: false } })
  t.match(await send(id, 'Hi', 'whatsapp'), { status: 200, json: { status: 'success' } })
})

t.test('a conversation of the simulator continues as that contact', async t => {
  const { post, create, send, begin } = await serveApi(t)
  const { id } = await create({ first_name: 'Bo', email: 'bo@example.com', has_opt_in_email: true })
  await post('/fb/subscriber/addTagByName', { subscriber_id: id, tag_name: 'vip' })
  const talk = await begin('size', { contact: { id, language: 'Basque' } })
  t.match(await talk.state(), {
    saved: {
      contact: { id, first_name: 'Bo', email: 'bo@example.com', language: 'Basque' },
      tags: ['vip'],
      bubbles: [{ message: { text: 'Hi Bo' } }],
    },
  })
  t.match(await send(id, 'Late'), { status: 200 })
  t.match((await talk.state()).saved.bubbles.at(-1), { late: true, message: { text: 'Late' } })
})

t.test('a message from outside is one of the conversation', async t => {
  const { ask, post, begin } = await serveApi(t)
  const talk = await begin('size')
  const { id } = (await talk.state()).saved.bubbles[0].message.buttons[0]
  await ask('POST', `${talk.path}/tap`, { id })
  const ana = '9007199254740993123'
  t.match(await post(`/contacts/${ana}/messages`, { text: 'Ana' }), { json: { heard: true } })
  t.match((await talk.state()).saved.bubbles.slice(-2), [
    { from: 'contact', message: { text: 'Ana' } },
    { from: 'block', message: { text: 'Ana: S' } },
  ])
})

t.test('topics and growth tools are those that were added to the page', async t => {
  const { ask, post } = await serveApi(t)
  t.match(await post('/otn-topics', { name: 'News', description: 'Once a week' }), { status: 201, json: { id: 1 } })
  t.match(await post('/growth-tools', { name: 'Landing page' }), { status: 201, json: { type: 'ref_url' } })
  t.same((await ask('GET', '/api/fb/page/getOtnTopics', undefined, key)).json.data, [
    { id: 1, name: 'News', description: 'Once a week' },
  ])
  t.same((await ask('GET', '/api/fb/page/getGrowthTools', undefined, key)).json.data, [
    { id: 2, name: 'Landing page', type: 'ref_url' },
  ])
  const other = { authorization: 'Bearer 7:simulator' }
  t.same((await ask('GET', '/api/fb/page/getOtnTopics', undefined, other)).json.data, [])
})

t.test('what is wrong with such a call is said', async t => {
  const { ask, post, create } = await serveApi(t)
  const { id } = await create({ whatsapp_phone: '+3' })
  const path = `/contacts/${id}/messages`
  t.match(await ask('POST', `/api${path}`, { text: 'Hi' }), { status: 401, json: { code: 'DYN_SIMULATOR_KEY' } })
  t.match(await post('/contacts/7/messages', { text: 'Hi' }), { status: 404, json: { code: 'DYN_SIMULATOR_CONTACT' } })
  const other = await ask('POST', `/api${path}`, { text: 'Hi' }, { authorization: 'Bearer 7:simulator' })
  t.match(other, { status: 404 }, 'of another page')
  for (const body of [{}, { text: '' }, { text: 'Hi', more: 1 }]) {
    t.match(await post(path, body), { status: 400, json: { code: 'DYN_SIMULATOR_INVALID' } })
  }
  t.match(await post('/otn-topics', {}), { status: 400, json: { code: 'DYN_SIMULATOR_INVALID' } })
})

async function serveApi(t: Parameters<typeof serveSimulator>[0]) {
  const server = await serveSimulator(t, { size })
  const post = (path: string, body: object) => server.ask('POST', `/api${path}`, body, key)
  return { ...server, post, create, send }

  async function create(fields: object) {
    return (await post('/fb/subscriber/createSubscriber', fields)).json.data
  }

  function send(subscriber_id: string, text: string, type?: string) {
    const content = { ...(type && { type }), messages: [{ type: 'text', text }] }
    return post('/fb/sending/sendContent', { subscriber_id, data: { version: 'v2', content } })
  }
}
