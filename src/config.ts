import { readFileSync } from 'node:fs'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { createError } from './errors.ts'
import { type logLevels, Settings } from './settings.ts'
import { describe, type Env, readFallbackFlow, readProxies, refuseTogether } from './settings-rules.ts'

/** The settings as the server uses them. */
export interface Config {
  /** Whether this is development: the author is told what went wrong, and nothing is meant for strangers. */
  dev: boolean
  host: string
  port: number
  /** Without it, /metrics is on `port`. */
  metricsPort: number | undefined
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
  /** Whether the HTTP surface is documented at /docs. */
  docs: boolean
  /** In lower case. */
  appKeyHeader: string
  blocksDir: string | undefined
  dataDir: string
  /** Without it, the store is embedded, in `dataDir`. */
  databaseUrl: string | undefined
  /** Where calls are recorded, in development. */
  recordDir: string | undefined
  replyWithinMs: number
  maxBodyBytes: number
  trustProxy: boolean | string[]
  logLevel: (typeof logLevels)[number]
}

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
    dryRun: read.DRY_RUN === 'on',
    docs: read.DOCS === 'on' || read.NODE_ENV !== 'production',
    appKeyHeader: read.APP_KEY_HEADER.toLowerCase(),
    blocksDir: read.BLOCKS_DIR,
    dataDir: read.DATA_DIR,
    databaseUrl: read.DATABASE_URL,
    recordDir: read.RECORD_DIR,
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

function expectation(schema: TSchema): string {
  if (schema.anyOf) return `one of ${schema.anyOf.map((member: TSchema) => member.const).join(', ')}`
  return `a whole number from ${schema.minimum} to ${schema.maximum ?? 'any'}`
}
