import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { distance } from 'fastest-levenshtein'
import { createError } from './errors.ts'
import { type logLevels, Settings } from './settings.ts'

const minSecretLength = 32

/** The settings as the server uses them. */
export interface Config {
  /** Whether this is development: the author is told what went wrong, and nothing is meant for strangers. */
  dev: boolean
  host: string
  port: number
  /** Without a slash at its end. */
  publicUrl: string
  webhookSecrets: string[]
  stateKeys: [string, ...string[]]
  /** What the user's own systems show at /sends; none: nobody is let in. */
  apiTokens: string[]
  /** `<page id>:<key>` each. */
  manychatApiKeys: string[]
  manychatApiUrl: string | undefined
  matonApiKey: string | undefined
  /** Connection ids by page id. */
  matonConnections: ReadonlyMap<string, string>
  /** `<bot id>:<token>`, or for version 2 `<bot id>:<token>@<address>` each. */
  chatfuelBots: string[]
  /** By page id: what shows a text to a contact who wrote more than 24 hours ago. */
  fallbackFlows: ReadonlyMap<string, { field: string; flow: string }>
  /** Sends do everything but the outbound call. */
  dryRun: boolean
  /** In lower case. */
  appKeyHeader: string
  blocksDir: string | undefined
  dataDir: string
  /** Without it, the store is embedded, in `dataDir`. */
  databaseUrl: string | undefined
  replyWithinMs: number
  maxBodyBytes: number
  trustProxy: boolean | string[]
  logLevel: (typeof logLevels)[number]
}

type Env = Record<string, string | undefined>

/**
 * Reads the settings of an environment.
 *
 * @throws DynablockError `DYN_SETTINGS_REFUSED` naming every setting that is wrong, what was expected, and what to do
 */
export function loadConfig(env: Env): Config {
  const problems: string[] = []
  const settings: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(Settings.properties)) {
    const text = readSetting(name, schema, env, problems)
    settings[name] = text === undefined ? schema.default : convert(text, schema)
    const isWrong = settings[name] !== undefined && !Value.Check(schema, settings[name])
    if (isWrong) problems.push(describe(name, expectation(schema), JSON.stringify(text), schema.remedy))
  }
  const read = settings as Settings
  refuseTogether(read, env, problems)
  if (problems.length > 0) throw createError('DYN_SETTINGS_REFUSED', { got: problems.join('\n') })
  return {
    dev: read.NODE_ENV !== 'production',
    host: read.HOST,
    port: read.PORT,
    publicUrl: (read.PUBLIC_URL ?? `http://localhost:${read.PORT}`).replace(/\/+$/, ''),
    webhookSecrets: read.WEBHOOK_SECRETS,
    stateKeys: read.STATE_KEYS as [string, ...string[]],
    apiTokens: read.API_TOKENS,
    manychatApiKeys: read.MANYCHAT_API_KEYS,
    manychatApiUrl: read.MANYCHAT_API_URL,
    matonApiKey: read.MATON_API_KEY,
    matonConnections: new Map(read.MATON_CONNECTIONS.map(pair => pair.split('=') as [string, string])),
    chatfuelBots: read.CHATFUEL_BOTS,
    fallbackFlows: new Map(read.FALLBACK_FLOWS.map(readFallbackFlow)),
    dryRun: read.DRY_RUN === 'on',
    appKeyHeader: read.APP_KEY_HEADER.toLowerCase(),
    blocksDir: read.BLOCKS_DIR,
    dataDir: read.DATA_DIR,
    databaseUrl: read.DATABASE_URL,
    replyWithinMs: read.REPLY_WITHIN_MS,
    maxBodyBytes: read.MAX_BODY_BYTES,
    trustProxy: readProxies(read.TRUST_PROXY) ?? false,
    logLevel: read.LOG_LEVEL,
  }
}

function readSetting(name: string, schema: TSchema, env: Env, problems: string[]): string | undefined {
  const value = env[name] || undefined
  const file = schema.secret ? env[`${name}_FILE`] : undefined
  if (!file) return value
  if (value !== undefined) problems.push(describe(name, `either ${name} or ${name}_FILE`, 'both', 'Drop one.'))
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    problems.push(describe(`${name}_FILE`, 'a file that can be read', code, 'Mount it, or correct the path.'))
    return undefined
  }
}

function convert(text: string, schema: TSchema): unknown {
  if (schema.type === 'integer') return /^\d+$/.test(text.trim()) ? Number(text) : text
  if (schema.type !== 'array') return text.trim()
  return text.split(/[,\n]/).flatMap(item => item.trim() || [])
}

/** The rules that concern several settings, and those of production. */
function refuseTogether(settings: Settings, env: Env, problems: string[]): void {
  const { NODE_ENV, PUBLIC_URL, WEBHOOK_SECRETS, STATE_KEYS, API_TOKENS, TRUST_PROXY } = settings
  // A NODE_ENV that is refused itself is taken for the strict one, so that all there is to mend is said at once.
  const production = NODE_ENV !== 'development' && NODE_ENV !== 'test'
  const { PUBLIC_URL: url, WEBHOOK_SECRETS: secrets, STATE_KEYS: keys } = Settings.properties
  const { API_TOKENS: tokens, TRUST_PROXY: proxy } = Settings.properties
  const wrongUrl = PUBLIC_URL === undefined ? production && 'nothing' : urlProblem(PUBLIC_URL, production)
  if (wrongUrl) problems.push(describe('PUBLIC_URL', 'an https address, nothing behind its path', wrongUrl, url.remedy))
  if (readProxies(TRUST_PROXY) === undefined) {
    problems.push(describe('TRUST_PROXY', 'on, off or a comma list of addresses', 'something else', proxy.remedy))
  }
  refuseClients(settings, problems)
  if (!production) return
  if (WEBHOOK_SECRETS.some(secret => STATE_KEYS.includes(secret))) {
    problems.push(describe('STATE_KEYS', 'keys of its own', 'one of WEBHOOK_SECRETS', keys.remedy))
  }
  // What stands in the blocks of ManyChat is seen by whoever builds bots there.
  if (API_TOKENS.some(token => WEBHOOK_SECRETS.includes(token) || STATE_KEYS.includes(token))) {
    problems.push(describe('API_TOKENS', 'tokens of their own', 'one of the other secrets', tokens.remedy))
  }
  for (const [name, values, { remedy }] of [
    ['WEBHOOK_SECRETS', WEBHOOK_SECRETS, secrets],
    ['STATE_KEYS', STATE_KEYS, keys],
    ['API_TOKENS', API_TOKENS, tokens],
  ] as const) {
    const expected = `secrets of ${minSecretLength} characters and more`
    const isUnread = problems.some(problem => problem.startsWith(`- ${name}`))
    // Without a token /sends is closed, which many never miss.
    if (values.length === 0 && !isUnread && name !== 'API_TOKENS') {
      problems.push(describe(name, expected, `nothing${misspelt(name, env)}`, remedy))
    }
    for (const value of values) {
      const got = secretProblem(value)
      if (got) problems.push(describe(name, expected, got, remedy))
    }
  }
}

/** What calls ManyChat must know which page a key is for. */
function refuseClients(settings: Settings, problems: string[]): void {
  const { MANYCHAT_API_KEYS, MANYCHAT_API_URL, MATON_API_KEY, MATON_CONNECTIONS } = settings
  const { MANYCHAT_API_KEYS: keys, MANYCHAT_API_URL: url, MATON_CONNECTIONS: connections } = Settings.properties
  if (!MANYCHAT_API_KEYS.every(key => /^\d+:\S+$/.test(key))) {
    problems.push(describe('MANYCHAT_API_KEYS', 'a list of <page id>:<key>', 'an entry of another form', keys.remedy))
  }
  if (!MATON_CONNECTIONS.every(pair => /^\d+=[^\s=]+$/.test(pair))) {
    problems.push(describe('MATON_CONNECTIONS', 'a list of <page id>=<connection id>', 'another', connections.remedy))
  } else if (MATON_CONNECTIONS.length > 0 && MATON_API_KEY === undefined) {
    problems.push(describe('MATON_CONNECTIONS', 'MATON_API_KEY beside it', 'none', connections.remedy))
  }
  // A stand-in for ManyChat may be on this machine, also in production: a test of the whole does that.
  const wrongUrl = MANYCHAT_API_URL !== undefined && urlProblem(MANYCHAT_API_URL, false)
  if (wrongUrl) problems.push(describe('MANYCHAT_API_URL', 'an https address', wrongUrl, url.remedy))
  refuseSends(settings, problems)
}

function refuseSends({ CHATFUEL_BOTS, FALLBACK_FLOWS }: Settings, problems: string[]): void {
  const { CHATFUEL_BOTS: bots, FALLBACK_FLOWS: flows } = Settings.properties
  for (const bot of CHATFUEL_BOTS) {
    const parts = /^[^\s:@]+:[^\s@]+(?:@(?<url>\S+))?$/.exec(bot)
    const url = parts?.groups?.url
    const got = parts === null ? 'an entry of another form' : url !== undefined && urlProblem(url, false)
    if (got) problems.push(describe('CHATFUEL_BOTS', 'a list of <bot id>:<token>@<https address>', got, bots.remedy))
  }
  if (!FALLBACK_FLOWS.every(flow => fallbackFlow.test(flow))) {
    const expected = 'a list of <page id>=<field name>:<flow id>'
    problems.push(describe('FALLBACK_FLOWS', expected, 'an entry of another form', flows.remedy))
  }
}

const fallbackFlow = /^(\d+)=(.+):([^\s:]+)$/

/** The name of a field may hold colons, the id of a flow can't. */
function readFallbackFlow(text: string): [page: string, { field: string; flow: string }] {
  const [, page = '', field = '', flow = ''] = fallbackFlow.exec(text) ?? []
  return [page, { field, flow }]
}

/** Which proxies are believed; undefined for text that names none. */
function readProxies(text: string): boolean | string[] | undefined {
  if (/^(on|true|off|false)$/.test(text)) return text === 'on' || text === 'true'
  const proxies = text.split(',').map(proxy => proxy.trim())
  return proxies.every(isProxy) ? proxies : undefined
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', prefix = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  return isIP(address) > 0 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128)
}

function urlProblem(text: string, production: boolean): string | false {
  if (!URL.canParse(text)) return 'text that is no address'
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search || hash || username) return 'one with a query, a fragment or a user'
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback && !production)) return false
  return `one of ${protocol}`
}

/** What is wrong with a secret, without the secret. */
function secretProblem(secret: string): string | false {
  if (secret.length < minSecretLength) return `one of ${secret.length} characters`
  if (/change.?me|example|placeholder/i.test(secret)) return 'the one of the example'
  return new Set(secret).size < 8 && 'one of hardly any different characters'
}

/** Names a variable that is set and was probably meant. */
function misspelt(name: string, env: Env): string {
  const near = Object.keys(env).find(other => other !== name && distance(other, name) <= 2)
  return near ? ` (${near} is set)` : ''
}

function expectation(schema: TSchema): string {
  if (schema.anyOf) return `one of ${schema.anyOf.map((member: TSchema) => member.const).join(', ')}`
  return `a whole number from ${schema.minimum} to ${schema.maximum ?? 'any'}`
}

function describe(name: string, expected: string, got: string, remedy: string): string {
  return `- ${name}: expected ${expected}, got ${got}. ${remedy}`
}
