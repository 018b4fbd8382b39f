import { readFileSync } from 'node:fs'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { createError, type ErrorProblem } from '../errors/errors.ts'
import { describe } from './problem.ts'
import { readFallbackFlow, readProxies, refuseTogether } from './rules.ts'
import { type Env, type logLevels, Settings } from './settings.ts'

/** The settings as the server uses them. */
export interface Config {
  /** Whether NODE_ENV is `development`: answers explain failures to the author, and the simulator is served. */
  dev: boolean
  /** In development, the loopback address unless HOST is set. */
  host: string
  port: number
  /** Where anybody may read /metrics; on `port` that needs a token. */
  metricsPort: number | undefined
  /** Without a trailing slash. */
  publicUrl: string
  /** `<secret>`, or `<secret>@<block>+<block>` for one that enters only those. */
  webhookSecrets: string[]
  stateKeys: [string, ...string[]]
  /** `<token>` or `<name>:<scope>+<scope>:<token>` each; when empty, the routes that need one admit no one. */
  apiTokens: string[]
  /** `<page id>:<key>` each. */
  manychatApiKeys: string[]
  manychatApiUrl: string | undefined
  matonApiKey: string | undefined
  /** Connection ids by page id. */
  matonConnections: ReadonlyMap<string, string>
  /** `<bot id>:<token>`, or for version 2 `<bot id>:<token>@<address>` each. */
  chatfuelBots: string[]
  /** By page id: the custom field and the flow that show a text to a contact who wrote more than 24 hours ago. */
  fallbackFlows: ReadonlyMap<string, { field: string; flow: string }>
  /** Where the end of each send is told; undefined: nowhere. */
  outcomeUrl: string | undefined
  /** Each signs the outcomes: `whsec_<base64>`. */
  outcomeSecrets: string[]
  /** Sends do everything except the outbound call. */
  dryRun: boolean
  /** Whether it works on what the store holds. */
  delivers: boolean
  /** What becomes of media of which nobody knows whether they arrived. */
  onUnknownMedia: 'hold' | 'retry'
  /** Whether /docs and /openapi.json are open to everybody. */
  docs: boolean
  /** In lower case. */
  appKeyHeader: string
  /** Each is the end of an address at which the app may be installed; when there are any, webhook secrets install nothing. */
  appInstallSecrets: string[]
  /** The pages on which the app may be installed; when empty, any. */
  appPages: string[]
  /** The page of calls that name none. */
  defaultPage: string | undefined
  blocksDir: string | undefined
  dataDir: string
  /** When undefined, the store is a SQLite file in `dataDir`. */
  databaseUrl: string | undefined
  /** Where calls are recorded, in development. */
  recordDir: string | undefined
  replyWithinMs: number
  /** For blocks that don't set their own, like `replyWithinMs`. */
  lateWithinMs: number
  maxBodyBytes: number
  /** For all bodies that are under way. */
  maxBodiesBytes: number
  trustProxy: boolean | string[]
  logLevel: (typeof logLevels)[number]
}

export interface LoadOptions {
  /** Development behind a tunnel whose https address is PUBLIC_URL. */
  live?: boolean
}

/**
 * Reads the settings from environment variables.
 *
 * @throws DynablockError `DYN_SETTINGS_REFUSED` naming every wrong setting, what was expected, and what to do
 */
export function loadConfig(env: Env, { live = false }: LoadOptions = {}): Config {
  const problems: ErrorProblem[] = []
  const settings: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(Settings.properties)) {
    const text = readSetting(name, schema, env, problems)
    settings[name] = text === undefined ? schema.default : convert(text, schema)
    const isWrong = settings[name] !== undefined && !Value.Check(schema, settings[name])
    if (isWrong) problems.push(describe(name, expectation(schema), JSON.stringify(text), schema.remedy))
  }
  const read = settings as Settings
  refuseTogether(read, { env, live, problems })
  if (problems.length > 0) {
    const lines = problems.map(({ subject, message }) => `- ${subject}: ${message}`).join('\n')
    throw createError('DYN_SETTINGS_REFUSED', { problems: lines }, { problems })
  }
  const dev = read.NODE_ENV === 'development'
  return {
    dev,
    host: read.HOST ?? (dev ? '127.0.0.1' : '0.0.0.0'),
    port: read.PORT,
    metricsPort: read.METRICS_PORT,
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
    outcomeUrl: read.OUTCOME_URL,
    outcomeSecrets: read.OUTCOME_SECRET,
    onUnknownMedia: read.ON_UNKNOWN_MEDIA,
    dryRun: read.DRY_RUN === 'on',
    delivers: read.DELIVERY === 'on',
    docs: read.DOCS === 'on',
    appKeyHeader: read.APP_KEY_HEADER.toLowerCase(),
    appInstallSecrets: read.APP_INSTALL_SECRETS,
    appPages: read.APP_PAGES,
    defaultPage: read.DEFAULT_PAGE,
    blocksDir: read.BLOCKS_DIR,
    dataDir: read.DATA_DIR,
    databaseUrl: read.DATABASE_URL,
    recordDir: read.RECORD_DIR,
    replyWithinMs: read.REPLY_WITHIN_MS,
    lateWithinMs: read.LATE_WITHIN_MS,
    maxBodyBytes: read.MAX_BODY_BYTES,
    maxBodiesBytes: read.MAX_BODIES_BYTES,
    trustProxy: readProxies(read.TRUST_PROXY) ?? false,
    logLevel: read.LOG_LEVEL,
  }
}

function readSetting(name: string, schema: TSchema, env: Env, problems: ErrorProblem[]): string | undefined {
  const value = env[name] || undefined
  const file = schema.secret ? env[`${name}_FILE`] : undefined
  if (!file) return value
  if (value !== undefined) problems.push(describe(name, `either ${name} or ${name}_FILE`, 'both', 'Remove one.'))
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

function expectation(schema: TSchema): string {
  if (schema.anyOf) return `one of ${schema.anyOf.map((member: TSchema) => member.const).join(', ')}`
  return schema.maximum === undefined
    ? `a whole number of at least ${schema.minimum}`
    : `a whole number from ${schema.minimum} to ${schema.maximum}`
}
