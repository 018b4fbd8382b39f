import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { allows, readApiToken, readWebhookSecret } from '../../src/settings/credentials.ts'
import { folderOf } from '../helper.ts'
import { development, good, production } from '../production.ts'
import { refused } from './refused-settings.ts'

const whsec = `whsec_${Buffer.alloc(24, 'canary').toString('base64')}`

t.test('an API token says its name and scopes; one that stands alone may do everything', async t => {
  t.same(readApiToken('abc'), { name: null, scopes: ['all'], secret: 'abc' })
  const shop = readApiToken('shop-1.eu:sends+check:abc')
  t.same(shop, { name: 'shop-1.eu', scopes: ['sends', 'check'], secret: 'abc' })
  t.same([allows(shop, 'sends'), allows(shop, 'apps')], [true, false])
  t.ok(allows(readApiToken('abc'), 'apps'))
  t.ok(allows(readApiToken('root:all:abc'), 'metrics'))
})

t.test('a webhook secret says its blocks, behind the last @', async t => {
  t.same(readWebhookSecret('abc'), { secret: 'abc', blocks: null })
  t.same(readWebhookSecret('a@b@size+faq'), { secret: 'a@b', blocks: new Set(['size', 'faq']) })
})

t.test('entries that name a purpose hold secrets of the same strength, as many as replace one another', async t => {
  const API_TOKENS = `shop:sends:${good}2,shop:sends:${good}3,${good}4`
  const WEBHOOK_SECRETS = `${good}5@size+faq,${good}6`
  t.match(loadConfig({ ...production, API_TOKENS, WEBHOOK_SECRETS }), {
    apiTokens: API_TOKENS.split(','),
    webhookSecrets: WEBHOOK_SECRETS.split(','),
  })
  t.match(loadConfig({ ...development, APP_INSTALL_SECRETS: `${good},b`, APP_PAGES: '1,2', DEFAULT_PAGE: '2' }), {
    appInstallSecrets: [good, 'b'],
    appPages: ['1', '2'],
    defaultPage: '2',
  })
  t.match(loadConfig({ ...production, OUTCOME_URL: 'https://shop.test/o', OUTCOME_SECRET: whsec }), {
    outcomeUrl: 'https://shop.test/o',
    outcomeSecrets: [whsec],
  })
})

t.test('what says its purpose wrongly is refused, and nothing secret is shown', async t => {
  const canary = `${good}9`
  const tokens =
    /API_TOKENS: expected a list of <token> or <name>:<scope>\+<scope>:<token>, with scopes of sends, .*got an/
  const secrets =
    /WEBHOOK_SECRETS: expected a list of <secret> or <secret>@<block>\+<block>, got an entry in another form/
  for (const [env, line] of [
    [{ API_TOKENS: `shop:${canary}` }, tokens],
    [{ API_TOKENS: `shop:read:${canary}` }, tokens],
    [{ API_TOKENS: `shop:sends+chek:${canary}` }, /got an entry in another form\. Did you mean the scope check\?$/],
    [{ API_TOKENS: `${good}2,shop:send:${canary}` }, /Did you mean the scope sends\?$/],
    [{ API_TOKENS: `shop:sends+:${canary}` }, tokens],
    [{ API_TOKENS: `a shop:sends:${canary}` }, tokens],
    [{ API_TOKENS: 'shop:sends:' }, tokens],
    [{ API_TOKENS: `shop:sends:${canary}:` }, tokens],
    [{ API_TOKENS: `shop:sends:${canary},${canary}` }, /API_TOKENS: expected each secret once, got one of them twice/],
    [{ API_TOKENS: 'shop:sends:short' }, /API_TOKENS: expected secrets of at least 32 characters, got one of 5/],
    [{ API_TOKENS: `shop:sends:${good}` }, /API_TOKENS: expected tokens of their own/],
    [{ WEBHOOK_SECRETS: `${canary}@` }, secrets],
    [{ WEBHOOK_SECRETS: `${canary}@size+` }, secrets],
    [{ WEBHOOK_SECRETS: `${canary}@a/b` }, secrets],
    [{ WEBHOOK_SECRETS: '@size' }, secrets],
    [{ WEBHOOK_SECRETS: `${canary},${canary}@size` }, /WEBHOOK_SECRETS: expected each secret once/],
    [{ WEBHOOK_SECRETS: 'short@size' }, /WEBHOOK_SECRETS: expected secrets of at least 32 characters, got one of 5/],
    [{ WEBHOOK_SECRETS: `${good}1@size` }, /STATE_KEYS: expected keys of its own, got one of WEBHOOK_SECRETS/],
    [{ APP_INSTALL_SECRETS: `${canary}/` }, /APP_INSTALL_SECRETS: expected secrets of letters, digits and hyphens/],
    [{ APP_INSTALL_SECRETS: canary.repeat(3) }, /APP_INSTALL_SECRETS: .* of at most 100 characters, got another one/],
    [{ APP_INSTALL_SECRETS: 'short' }, /APP_INSTALL_SECRETS: expected secrets of at least 32 characters, got one of 5/],
    [{ APP_INSTALL_SECRETS: good }, /APP_INSTALL_SECRETS: expected secrets of their own, got one of the other secrets/],
    [{ DEFAULT_PAGE: 'mine' }, /DEFAULT_PAGE: expected the id of a page, got something else than digits\. Set/],
    [{ APP_PAGES: '1,mine' }, /APP_PAGES: expected the id of a page, got something else than digits\. List/],
    [{ OUTCOME_SECRET: whsec }, /OUTCOME_URL: expected an https address, got nothing/],
    [{ OUTCOME_URL: 'https://shop.test/' }, /OUTCOME_SECRET: expected a secret that signs, got nothing/],
    [{ OUTCOME_URL: 'http://shop.test/', OUTCOME_SECRET: whsec }, /OUTCOME_URL: .* begins with http:/],
    [{ OUTCOME_URL: 'https://shop.test/', OUTCOME_SECRET: canary }, /OUTCOME_SECRET: expected whsec_ and 24 to 64/],
    [{ OUTCOME_URL: 'https://shop.test/', OUTCOME_SECRET: 'whsec_c2hvcnQ=' }, /OUTCOME_SECRET: .* another form/],
    [{ OUTCOME_URL: 'https://shop.test/', OUTCOME_SECRET: `${whsec}!` }, /OUTCOME_SECRET: .* another form/],
  ] as const) {
    const error = t.throws(() => loadConfig({ ...production, ...env }), { code: 'DYN_SETTINGS_REFUSED' }) as Error
    t.match(error.message, line)
    t.notMatch(error.message, canary)
  }
})

t.test('a secret may come from a file', async t => {
  const folder = folderOf(t, { one: `${good}\n${good}2\n`, empty: '\n', state: `${good}3\n` })
  const { webhookSecrets, stateKeys } = loadConfig({
    ...production,
    WEBHOOK_SECRETS: undefined,
    WEBHOOK_SECRETS_FILE: `${folder}/one`,
  })
  t.same([webhookSecrets, stateKeys], [[good, `${good}2`], [`${good}1`]])
  refused(t, { ...production, STATE_KEYS_FILE: `${folder}/state` }, [
    /^- STATE_KEYS: expected either STATE_KEYS or STATE_KEYS_FILE, got both\. Remove one\.$/,
  ])
  refused(t, { ...production, STATE_KEYS: '', STATE_KEYS_FILE: `${folder}/nothing` }, [
    /^- STATE_KEYS_FILE: expected a file that can be read, got ENOENT\. Mount it/,
  ])
  refused(t, { ...production, STATE_KEYS: '', STATE_KEYS_FILE: `${folder}/empty` }, [/^- STATE_KEYS: .* got nothing\./])
})
