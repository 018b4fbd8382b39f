import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { good, production } from '../production.ts'

t.test('tokens, bots and fallback flows are read', async t => {
  const bots = ['5f0c:token-one', '5f0c:token:two@https://chat.test/api/v2']
  const config = loadConfig({
    ...production,
    API_TOKENS: `${good}2,${good}3`,
    CHATFUEL_BOTS: bots.join(','),
    FALLBACK_FLOWS: '1234567890123456789=Late: text:content20180221085508_278589',
    DRY_RUN: 'on',
  })
  t.match(config, { apiTokens: [`${good}2`, `${good}3`], chatfuelBots: bots, dryRun: true })
  t.same(
    [...config.fallbackFlows],
    [['1234567890123456789', { field: 'Late: text', flow: 'content20180221085508_278589' }]],
  )
  t.same(loadConfig(production).apiTokens, [], 'nobody has to use /sends')
})

t.test('what they can not be is refused, and no token is shown', async t => {
  const canary = 'canary-token-of-no-bot'
  for (const [env, line] of [
    [{ ...production, API_TOKENS: canary }, /API_TOKENS: .* got one of 22 characters/],
    [{ ...production, API_TOKENS: good }, /API_TOKENS: expected tokens of their own, got one of the other secrets/],
    [{ CHATFUEL_BOTS: canary }, /CHATFUEL_BOTS: expected a list of <bot id>:<token>@<https address>, got an entry in/],
    [{ CHATFUEL_BOTS: `5f0c:${canary}@http://chat.test` }, /CHATFUEL_BOTS: .* got an address that begins with http:/],
    [{ FALLBACK_FLOWS: '1=field' }, /FALLBACK_FLOWS: expected a list of <page id>=<field name>:<flow id>, got an/],
    [{ DRY_RUN: 'yes' }, /DRY_RUN: expected one of on, off, got "yes"/],
  ] as const) {
    const { message } = t.throws(() => loadConfig(env), { code: 'DYN_SETTINGS_REFUSED' }) as Error
    t.match(message, line)
    t.notMatch(message, canary)
  }
})
