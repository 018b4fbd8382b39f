import t from 'tap'
import { createBots } from '../../src/chatfuel/bots.ts'
import { startFakePlatform } from '../fake-platform.ts'

t.test('each version has its own bots', async t => {
  const { url, heard, answerWith } = await startFakePlatform(t)
  answerWith({ body: '{"success":true,"result":"ok"}' }, { body: '{"success":true}' })
  const bots = createBots({ entries: ['aa11:one:colon', `bb22:two@${url}/api`], baseUrl: url })
  await bots.v1For('aa11').sendBlock({ user_id: '5', block_name: 'Welcome' })
  await bots.v2For(null).send({ customer_id: '5', block_id: 'b' })
  t.match(heard, [
    { path: '/bots/aa11/users/5/send?chatfuel_token=one%3Acolon&chatfuel_block_name=Welcome' },
    { path: '/api/bb22/send', headers: { authorization: 'Bearer two' } },
  ])
  t.equal(bots.resolve(null, 1), 'aa11')
  t.throws(() => bots.v1For('bb22'), { code: 'DYN_BOT_UNKNOWN', message: /got another name/ })
  t.throws(() => bots.resolve('aa11', 2), { code: 'DYN_BOT_UNKNOWN' })
})

t.test('with several bots one must be named', async t => {
  const bots = createBots({ entries: ['aa11:one', 'bb22:two'] })
  t.equal(bots.resolve('bb22', 1), 'bb22')
  t.throws(() => bots.v1For(null), { code: 'DYN_BOT_UNKNOWN', message: /got no name, and 2 bots/ })
  t.throws(() => createBots({ entries: [] }).v2For(null), { message: /got no name, and 0 bots/ })
})

t.test('bots share their rates', async t => {
  const asked: string[] = []
  const limits = {
    reserve: async (rates: readonly { name: string }[]) => {
      asked.push(...rates.map(({ name }) => name))
      return { granted: false, waitMs: 5000 }
    },
  }
  const bots = createBots({ entries: ['aa11:one'], limits, maxWaitMs: 1000 })
  await t.rejects(bots.v1For(null).sendBlock({ user_id: '5', block_id: 'b' }), { code: 'DYN_CALL_LIMITED' })
  t.strictSame(asked, ['chatfuel/aa11'])
})
