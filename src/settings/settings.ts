import { type Static, Type } from '@sinclair/typebox'
import { maxLateWithinMs, maxReplyWithinMs, minLateWithinMs } from '../blocks/validate.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Environment variables. */
export type Env = Record<string, string | undefined>

/** A comma-separated list. A secret may also be read from the file named by `<NAME>_FILE`, and is never shown. */
const List = (options: { secret: boolean; remedy: string }) => Type.Array(Type.String(), { default: [], ...options })

/** Every setting: its type, its default, and the remedy shown when it is refused. `.env.example` lists the same. */
export const Settings = Type.Object({
  /** Where it is unset, `npm start` in a clone is development, and everything else production. */
  NODE_ENV: Type.Optional(
    Type.Union([Type.Literal('production'), Type.Literal('development')], {
      remedy: 'Set it to development only on the machine where you write blocks.',
    }),
  ),
  HOST: Type.Optional(Type.String({ remedy: 'Set the address to listen on.' })),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, remedy: 'Set the port to listen on.' }),
  PUBLIC_URL: Type.Optional(
    Type.String({ remedy: 'Set it to the https address at which ManyChat reaches this server.' }),
  ),
  WEBHOOK_SECRETS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  STATE_KEYS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  API_TOKENS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  MANYCHAT_API_KEYS: List({ secret: true, remedy: 'Copy each whole key from Settings, API of its page.' }),
  MANYCHAT_API_URL: Type.Optional(
    Type.String({ remedy: 'Leave it unset, or set the address of a server that stands in for ManyChat.' }),
  ),
  MATON_API_KEY: Type.Optional(Type.String({ secret: true, remedy: 'Copy it from the settings of Maton.' })),
  MATON_CONNECTIONS: List({ secret: false, remedy: 'Write <page id>=<connection id>, and set MATON_API_KEY.' }),
  CHATFUEL_BOTS: List({ secret: true, remedy: 'Write <bot id>:<token>, for version 2 <bot id>:<token>@<address>.' }),
  FALLBACK_FLOWS: List({ secret: false, remedy: 'Write <page id>=<name of the custom field>:<flow id>.' }),
  OUTCOME_URL: Type.Optional(Type.String({ remedy: 'Set an https address of yours and OUTCOME_SECRET, or neither.' })),
  OUTCOME_SECRET: List({ secret: true, remedy: 'Make one with: echo whsec_$(openssl rand -base64 32)' }),
  DRY_RUN: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'off',
    remedy: 'Set it to on to let sends make no outbound calls.',
  }),
  DELIVERY: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'on',
    remedy: 'Set it to off to store sends and late replies, and let them wait.',
  }),
  ON_UNKNOWN_MEDIA: Type.Union([Type.Literal('hold'), Type.Literal('retry')], {
    default: 'hold',
    remedy: 'Set it to retry if media shown twice are better than media never shown.',
  }),
  DOCS: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'off',
    remedy: 'Set it to on to serve /docs and /openapi.json in production too.',
  }),
  APP_KEY_HEADER: Type.String({
    default: 'x-token-header',
    remedy: 'Set it to the header of auth.request in your app.',
  }),
  APP_INSTALL_SECRETS: List({ secret: true, remedy: 'Make one with: openssl rand -hex 32' }),
  APP_PAGES: List({ secret: false, remedy: 'List the ids of the pages, or leave it unset for any page.' }),
  DEFAULT_PAGE: Type.Optional(Type.String({ remedy: 'Set the id of a page, or leave it unset.' })),
  BLOCKS_DIR: Type.Optional(Type.String({ remedy: 'Set the folder of your blocks.' })),
  DATABASE_URL: Type.Optional(
    Type.String({ secret: true, remedy: 'Leave it unset, or set it to postgres://user:password@host/database.' }),
  ),
  METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, remedy: 'Set a port of its own, or leave it unset.' }),
  ),
  DATA_DIR: Type.String({ default: './data', remedy: 'Set a folder that the server may write to.' }),
  RECORD_DIR: Type.Optional(
    Type.String({ remedy: 'Leave it unset in production; in development, set a folder to record calls to.' }),
  ),
  REPLY_WITHIN_MS: Type.Integer({
    default: 8000,
    minimum: 1,
    maximum: maxReplyWithinMs,
    remedy: 'ManyChat hangs up after 10 seconds; leave time for the network.',
  }),
  LATE_WITHIN_MS: Type.Integer({
    default: 120_000,
    minimum: minLateWithinMs,
    maximum: maxLateWithinMs,
    remedy: 'Set how many milliseconds a late reply may take; the contact waits for it.',
  }),
  MAX_BODY_BYTES: Type.Integer({ default: 262_144, minimum: 1024, remedy: 'Full Contact Data is a few kB long.' }),
  MAX_BODIES_BYTES: Type.Integer({
    default: 67_108_864,
    minimum: 1_048_576,
    remedy: 'Set how much memory the bodies of all requests that are being received may take; 64 MiB is plenty.',
  }),
  TRUST_PROXY: Type.String({
    default: 'off',
    remedy: 'Set it to on, or to the addresses of the proxies in front of this server.',
  }),
  LOG_LEVEL: Type.Union(
    logLevels.map(level => Type.Literal(level)),
    { default: 'info', remedy: 'Set one of these levels.' },
  ),
})
export type Settings = Static<typeof Settings>
