import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { runContacts } from '../../src/cli/contacts.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { counter } from '../contacts/serve.ts'
import { folderOf } from '../helper.ts'

const token = 'the-token-of-who-may-erase-contacts'

async function setUp(t: Test) {
  const over = { apiTokens: [`privacy:contacts:${token}`], replyWithinMs: 8000 }
  const { app, open, ready } = await serveLate(t, { dataDir: folderOf(t) }, { counter }, over)
  await ready()
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { open, command }

  async function command(...args: string[]): Promise<[number, string]> {
    let written = ''
    const write = (text: string) => {
      written += text
    }
    const env = { API_TOKENS: `shop:sends:x, privacy:contacts:${token}` }
    return [await runContacts([...args, '--url', url], { env, fetch, write }), written]
  }
}

t.test('it shows a contact, and erases several', async t => {
  const { open, command } = await setUp(t)
  for (const contact of ['7', '7', '8']) await open('counter', contact)
  const [code, shown] = await command('show', '7')
  t.equal(code, 0)
  t.match(JSON.parse(shown), { contact: '7', page, memory: [{ block: 'counter', value: { count: 2 } }], jobs: [] })
  const [, line] = await command('show', '7', '--json', '--page', page)
  t.same(JSON.parse(line), JSON.parse(shown))
  t.match(line, /^[^\n]+\n$/)
  t.same(await command('forget', '7', '8', '--page', page), [0, 'contact 7: erased\ncontact 8: erased\n'])
  t.match(JSON.parse((await command('show', '7'))[1]), { memory: [] })
  t.match(await command('forget', 'ana'), [1, /^contact ana: The request is not valid/])
})

t.test('wrong arguments get the help', async t => {
  const { command } = await setUp(t)
  for (const args of [[], ['show'], ['show', '1', '2'], ['erase', '1']]) t.match(await command(...args), [2, /^Usage/])
  t.match(await command('--help'), [0, /contacts forget/])
})
