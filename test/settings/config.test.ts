import t from 'tap'
import { loadConfig } from '../../src/settings/config.ts'
import { development, good, production } from '../production.ts'
import { refused } from './refused-settings.ts'

t.test('development needs no other setting, and listens on this machine only', async t => {
  t.same(loadConfig(development), {
    dev: true,
    host: '127.0.0.1',
    port: 3000,
    publicUrl: 'http://localhost:3000',
    webhookSecrets: [],
    stateKeys: [],
    apiTokens: [],
    manychatApiKeys: [],
    manychatApiUrl: undefined,
    matonApiKey: undefined,
    matonConnections: new Map(),
    chatfuelBots: [],
    fallbackFlows: new Map(),
    outcomeUrl: undefined,
    outcomeSecrets: [],
    dryRun: false,
    delivers: true,
    onUnknownMedia: 'hold',
    docs: false,
    appKeyHeader: 'x-token-header',
    appInstallSecrets: [],
    appPages: [],
    defaultPage: undefined,
    blocksDir: undefined,
    dataDir: './data',
    replyWithinMs: 8000,
    lateWithinMs: 120_000,
    maxBodyBytes: 262_144,
    maxBodiesBytes: 67_108_864,
    trustProxy: false,
    logLevel: 'info',
  })
  const empty = { ...development, HOST: '', PORT: '', WEBHOOK_SECRETS: '', BLOCKS_DIR: '', OTHER: 'x' }
  t.same(loadConfig(empty), loadConfig(development), 'empty is not set')
  t.equal(loadConfig({ ...development, HOST: '0.0.0.0' }).host, '0.0.0.0')
  t.equal(loadConfig(production).host, '0.0.0.0')
})

t.test('nothing set is production, and the other mode is named', async t => {
  refused(t, {}, [
    /^- NODE_ENV: expected development where blocks are tried out, got nothing, which means production\. Set NODE_ENV=/,
    /^- PUBLIC_URL: .* got nothing\./,
    /^- WEBHOOK_SECRETS: .* got nothing\./,
    /^- STATE_KEYS: .* got nothing\./,
  ])
  t.equal(loadConfig(withoutEnv(production)).dev, false)
  for (const NODE_ENV of ['test', 'dev', 'Development', 'staging']) {
    refused(t, { ...production, NODE_ENV }, [/^- NODE_ENV: expected one of production, development, got/])
  }
})

t.test('every setting is read', async t => {
  t.match(
    loadConfig({
      NODE_ENV: 'production',
      HOST: ' 127.0.0.1 ',
      PORT: ' 8080 ',
      PUBLIC_URL: 'https://b.test/some/path//',
      WEBHOOK_SECRETS: `${good}, ${good}2 ,`,
      STATE_KEYS: `${good}3\n${good}4\n`,
      MANYCHAT_API_KEYS: '7:key',
      MANYCHAT_API_URL: 'https://manychat.test/api',
      MATON_API_KEY: 'maton-key',
      MATON_CONNECTIONS: '33=a',
      DOCS: 'on',
      APP_KEY_HEADER: 'X-App-Key',
      BLOCKS_DIR: '/srv/blocks',
      DATA_DIR: '/srv/data',
      REPLY_WITHIN_MS: '9500',
      MAX_BODY_BYTES: '1024',
      MAX_BODIES_BYTES: '2000000',
      TRUST_PROXY: 'loopback, 10.0.0.0/8,::1',
      LOG_LEVEL: 'silent',
    }),
    {
      dev: false,
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'https://b.test/some/path',
      webhookSecrets: [good, `${good}2`],
      stateKeys: [`${good}3`, `${good}4`],
      manychatApiKeys: ['7:key'],
      manychatApiUrl: 'https://manychat.test/api',
      matonApiKey: 'maton-key',
      matonConnections: new Map([['33', 'a']]),
      docs: true,
      appKeyHeader: 'x-app-key',
      blocksDir: '/srv/blocks',
      dataDir: '/srv/data',
      replyWithinMs: 9500,
      maxBodyBytes: 1024,
      maxBodiesBytes: 2_000_000,
      trustProxy: ['loopback', '10.0.0.0/8', '::1'],
      logLevel: 'silent',
    },
  )
  t.equal(loadConfig({ ...development, PORT: '4000' }).publicUrl, 'http://localhost:4000')
  for (const [text, value] of [
    ['on', true],
    ['true', true],
    ['off', false],
    ['false', false],
  ] as const) {
    t.equal(loadConfig({ ...development, TRUST_PROXY: text }).trustProxy, value)
  }
})

t.test('each setting refuses what it can not be, with a remedy', async t => {
  for (const [env, line] of [
    [
      { NODE_ENV: 'prod', ...withoutEnv(production) },
      /NODE_ENV: expected one of production, development, got "prod"\. Set/,
    ],
    [{ PORT: 'http' }, /PORT: expected a whole number from 0 to 65535, got "http"\. Set the port/],
    [{ PORT: '65536' }, /PORT: /],
    [{ PORT: '-1' }, /PORT: /],
    [{ PORT: '1e3' }, /PORT: /],
    [
      { REPLY_WITHIN_MS: '9501' },
      /REPLY_WITHIN_MS: expected a whole number from 1 to 9500, got "9501"\. ManyChat hangs up/,
    ],
    [{ REPLY_WITHIN_MS: '0' }, /REPLY_WITHIN_MS: /],
    [{ MAX_BODY_BYTES: '1023' }, /MAX_BODY_BYTES: expected a whole number of at least 1024, got "1023"\. Full/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL: expected one of trace, .*, silent, got "loud"\. Set one of these levels/],
    [
      { TRUST_PROXY: 'yes' },
      /TRUST_PROXY: expected on, off, or addresses separated by commas, got something else\. Set it/,
    ],
    [{ TRUST_PROXY: '10.0.0.0/33' }, /TRUST_PROXY/],
    [{ TRUST_PROXY: 'constructor' }, /TRUST_PROXY/],
    [{ TRUST_PROXY: '1' }, /TRUST_PROXY/],
    [
      { ...production, PUBLIC_URL: 'blocks.test' },
      /PUBLIC_URL: expected an https address.*, got text that is not an address\. Set it/,
    ],
    [{ ...production, PUBLIC_URL: 'http://blocks.test' }, /PUBLIC_URL: .* got an address that begins with http:/],
    [{ ...production, PUBLIC_URL: 'ftp://localhost' }, /PUBLIC_URL: .* got an address that begins with ftp:/],
    [{ ...production, PUBLIC_URL: 'https://b.test/?x=1' }, /PUBLIC_URL: .* a query, a fragment or a user/],
    [{ ...production, PUBLIC_URL: 'https://b.test/#x' }, /PUBLIC_URL/],
    [{ ...production, PUBLIC_URL: 'https://ana@b.test/' }, /PUBLIC_URL/],
  ] as const) {
    refused(t, { ...development, ...env }, [line])
  }
})

t.test('http is for this machine, in development', async t => {
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    t.equal(loadConfig({ ...development, PUBLIC_URL: `http://${host}:3000` }).publicUrl, `http://${host}:3000`)
    refused(t, { ...production, PUBLIC_URL: `http://${host}:3000` }, [
      /PUBLIC_URL: .* got an address that begins with http:/,
    ])
  }
})

t.test('development refuses an https address, with which it would be open to everybody, unless it is live', async t => {
  const env = { ...development, PUBLIC_URL: 'https://b.test' }
  refused(t, env, [
    /^- PUBLIC_URL: expected an http address of this machine in development, got an address that begins with https:\. Set NODE_ENV=production where ManyChat calls; .* npx dynablock live --url/,
  ])
  t.match(loadConfig(env, { live: true }), { dev: true, publicUrl: 'https://b.test', host: '127.0.0.1' })
  for (const url of ['http://b.test', 'http://localhost:3000', 'b.test']) {
    const live = () => loadConfig({ ...development, PUBLIC_URL: url }, { live: true })
    t.throws(live, { message: /PUBLIC_URL: expected an https address/ }, url)
  }
})

t.test('all that is wrong is said at once', async t => {
  refused(t, { NODE_ENV: 'prod', PORT: 'x', LOG_LEVEL: 'x', TRUST_PROXY: 'x', STATE_KEYS: 'short' }, [
    /NODE_ENV/,
    /PORT/,
    /LOG_LEVEL/,
    /PUBLIC_URL: .* got nothing/,
    /TRUST_PROXY/,
    /WEBHOOK_SECRETS: .* got nothing/,
    /STATE_KEYS: .* got one of 5 characters/,
  ])
})

t.test('production makes nothing up', async t => {
  t.equal(loadConfig(production).dev, false)
  refused(t, { NODE_ENV: 'production' }, [
    /^- PUBLIC_URL: .* got nothing\. Set it to the https address/,
    /^- WEBHOOK_SECRETS: expected secrets of at least 32 characters, got nothing\. Make one with: openssl rand -hex 32$/,
    /^- STATE_KEYS: expected secrets of at least 32 characters, got nothing\. Make one/,
  ])
  for (const [secret, got] of [
    [good.slice(0, 31), 'one of 31 characters'],
    [`${good}7,short`, 'one of 5 characters'],
    ['x'.repeat(64), 'one with too few different characters'],
    ['an-example-of-a-secret-that-is-long-enough', 'the one from the example'],
    ['CHANGE_ME_0123456789abcdef0123456789abcdef', 'the one from the example'],
    ['placeholder-0123456789abcdef0123456789abcd', 'the one from the example'],
  ] as const) {
    refused(t, { ...production, STATE_KEYS: secret }, [new RegExp(`STATE_KEYS: .* got ${got}\\. Make one`)])
  }
  t.equal(loadConfig({ ...production, STATE_KEYS: good.slice(0, 32) }).stateKeys[0]?.length, 32)
})

t.test('settings that contradict each other are refused', async t => {
  refused(t, { ...production, MAX_BODY_BYTES: '3000000', MAX_BODIES_BYTES: '2000000' }, [
    /^- MAX_BODIES_BYTES: expected at least MAX_BODY_BYTES, got less/,
  ])
})

t.test('keys that name no page are refused, and never shown', async t => {
  const canary = 'canary-key-that-names-no-page'
  refused(
    t,
    { ...development, MANYCHAT_API_KEYS: canary, MANYCHAT_API_URL: 'http://example.com', MATON_CONNECTIONS: canary },
    [
      /MANYCHAT_API_KEYS: expected a list of <page id>:<key>/,
      /MATON_CONNECTIONS: expected a list of <page id>=<connection id>/,
      /MANYCHAT_API_URL: expected an https address, got an address that begins with http:/,
    ],
  )
  refused(t, { ...development, MATON_CONNECTIONS: '33=connection-a' }, [
    /MATON_CONNECTIONS: expected MATON_API_KEY to be set too, got no value/,
  ])
  const error = t.throws(() => loadConfig({ MANYCHAT_API_KEYS: canary })) as Error
  t.notMatch(error.message, canary)
})

t.test('the two kinds of secrets are not the same', async t => {
  refused(t, { ...production, STATE_KEYS: good }, [/STATE_KEYS: expected keys of its own, got one of WEBHOOK_SECRETS/])
})

t.test('a name that is nearly right is pointed out', async t => {
  refused(t, { ...production, WEBHOOK_SECRETS: undefined, WEBHOOK_SECRET: good }, [
    /got nothing \(WEBHOOK_SECRET is set\)/,
  ])
})

t.test('a public address says that production is meant', async t => {
  refused(t, { ...withoutEnv(production), LATE_WITHIN_MS: '8s' }, [/^- LATE_WITHIN_MS: .* got "8s"/])
})

function withoutEnv({ NODE_ENV: _, ...rest }: typeof production) {
  return rest
}
