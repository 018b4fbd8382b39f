import { type Static, Type } from '@sinclair/typebox'
import { maxReplyWithinMs } from './blocks/validate.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** A comma list; `secret`: it may come from the file that `<NAME>_FILE` names instead, and is never shown. */
const List = (options: { secret: boolean; remedy: string }) => Type.Array(Type.String(), { default: [], ...options })

/** Every setting: what it takes, its default, and what to do when it is refused. `.env.example` lists the same. */
export const Settings = Type.Object({
  NODE_ENV: Type.Union([Type.Literal('development'), Type.Literal('production'), Type.Literal('test')], {
    default: 'development',
    remedy: 'Set it to production where ManyChat calls.',
  }),
  HOST: Type.String({ default: '0.0.0.0', remedy: 'Set the address to listen on.' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, remedy: 'Set the port to listen on.' }),
  PUBLIC_URL: Type.Optional(
    Type.String({ remedy: 'Set it to the https address that ManyChat reaches this server by.' }),
  ),
  WEBHOOK_SECRETS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  STATE_KEYS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  API_TOKENS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  MANYCHAT_API_KEYS: List({ secret: true, remedy: 'Copy each from Settings, API of its page, whole.' }),
  MANYCHAT_API_URL: Type.Optional(
    Type.String({ remedy: 'Leave it away, or set the address of a server that stands in.' }),
  ),
  MATON_API_KEY: Type.Optional(Type.String({ secret: true, remedy: 'Copy it from the settings of Maton.' })),
  MATON_CONNECTIONS: List({ secret: false, remedy: 'Write <page id>=<connection id>, and set MATON_API_KEY.' }),
  CHATFUEL_BOTS: List({ secret: true, remedy: 'Write <bot id>:<token>, for version 2 <bot id>:<token>@<address>.' }),
  FALLBACK_FLOWS: List({ secret: false, remedy: 'Write <page id>=<name of the custom field>:<flow id>.' }),
  DRY_RUN: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'off',
    remedy: 'Set it to on to make no outbound call of a send.',
  }),
  DOCS: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'off',
    remedy: 'Set it to on to serve /docs and /openapi.json in production too.',
  }),
  APP_KEY_HEADER: Type.String({ default: 'x-token-header', remedy: 'Name the header of auth.request in your app.' }),
  BLOCKS_DIR: Type.Optional(Type.String({ remedy: 'Set the folder of your blocks.' })),
  DATABASE_URL: Type.Optional(
    Type.String({ secret: true, remedy: 'Leave it away, or set it to postgres://user:password@host/database.' }),
  ),
  METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, remedy: 'Set a port of its own, or leave it away.' }),
  ),
  DATA_DIR: Type.String({ default: './data', remedy: 'Set a folder that the server may write to.' }),
  RECORD_DIR: Type.Optional(
    Type.String({ remedy: 'Leave it away in production; in development set a folder to record calls to.' }),
  ),
  REPLY_WITHIN_MS: Type.Integer({
    default: 8000,
    minimum: 1,
    maximum: maxReplyWithinMs,
    remedy: 'ManyChat hangs up after 10 seconds; leave time for the way.',
  }),
  MAX_BODY_BYTES: Type.Integer({ default: 262_144, minimum: 1024, remedy: 'Full Contact Data has a few kB.' }),
  TRUST_PROXY: Type.String({
    default: 'off',
    remedy: 'Set it to on, or to the addresses of the proxies before this server.',
  }),
  LOG_LEVEL: Type.Union(
    logLevels.map(level => Type.Literal(level)),
    { default: 'info', remedy: 'Name a level.' },
  ),
})
export type Settings = Static<typeof Settings>
