import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { defineBlock } from '../../src/blocks/define.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { post, secret } from '../helper.ts'
import { folder } from './engines.ts'

const tags = defineBlock({ open: async ({ manychat }) => JSON.stringify(await manychat.page.getTags()) })
const getInfo = { body: `{"status":"success","data":{"id":${page},"name":"Page"}}` }
const getTags = { body: '{"status":"success","data":[]}' }

t.test('what one server installs, another on the store uses soon', async t => {
  const dataDir = folder(t)
  const noKeys = { manychatApiKeys: [], replyWithinMs: 5000 }
  const first = await serveLate(t, { dataDir }, { tags }, noKeys)
  const second = await serveLate(t, { dataDir }, { tags }, { ...noKeys, platform: first.platform })
  await Promise.all([first.ready(), second.ready()])
  t.not(await second.open('tags'), '[]')
  first.platform.answerWith(getInfo)
  const installed = await post(
    first.app,
    '/apps/installed',
    { app_token: 'canary-app-key', page_id: page },
    { authorization: `Bearer ${secret}` },
  )
  t.equal(installed.status, 200)
  first.platform.answerWith(getTags)
  await second.until(async () => (await second.open('tags')) === '[]')
  t.equal(first.platform.heard.at(-1)?.headers.authorization, 'Bearer canary-app-key')
  t.notMatch([...first.log, ...second.log].join(''), 'canary')
})

t.test('the store counts as open once its App Keys can be read', async t => {
  const dataDir = folder(t)
  const before = await serveLate(t, { dataDir }, { tags })
  await before.ready()
  await before.app.close()
  const store = new Database(join(dataDir, 'sends.sqlite'))
  t.teardown(() => store.close())
  store.exec('alter table app_keys rename to elsewhere')
  const { app, log, until, ready } = await serveLate(t, { dataDir }, { tags })
  await until(() => log.some(line => line.includes('the store is not open yet')))
  t.equal((await app.inject('/readyz')).statusCode, 503)
  store.exec('alter table elsewhere rename to app_keys')
  await ready()
})
