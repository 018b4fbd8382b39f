import { isIP } from 'node:net'
import type { ErrorProblem } from '../errors/errors.ts'
import { isWebhookKey } from './credentials.ts'
import { describe } from './problem.ts'
import { refuseCredentials, refuseWeakSecrets } from './secret-rules.ts'
import { type Env, Settings } from './settings.ts'

export interface RulesOptions {
  env: Env
  /** Development behind a tunnel, whose address is PUBLIC_URL. */
  live: boolean
  /** The problems found so far; those found here are added. */
  problems: ErrorProblem[]
}

/** Shown with the problems of a server that may not be meant for production. */
const unsetMode = describe(
  'NODE_ENV',
  'development where blocks are tried out',
  'nothing, which means production',
  'Set NODE_ENV=development on your own machine; for production, correct the rest.',
)

/** The rules that involve several settings or hold only in one mode. */
export function refuseTogether(settings: Settings, { env, live, problems }: RulesOptions): void {
  const { NODE_ENV, PUBLIC_URL, TRUST_PROXY } = settings
  // An invalid NODE_ENV counts as production, so that one start lists everything there is to correct.
  const production = NODE_ENV !== 'development'
  const { TRUST_PROXY: proxy } = Settings.properties
  if (production || live) requirePublicUrl(PUBLIC_URL, problems)
  else refusePublicUrl(PUBLIC_URL, problems)
  if (readProxies(TRUST_PROXY) === undefined) {
    problems.push(describe('TRUST_PROXY', 'on, off, or addresses separated by commas', 'something else', proxy.remedy))
  }
  if (settings.METRICS_PORT && settings.METRICS_PORT === settings.PORT) {
    problems.push(
      describe('METRICS_PORT', 'a port of its own', 'the value of PORT', Settings.properties.METRICS_PORT.remedy),
    )
  }
  if (settings.MAX_BODIES_BYTES < settings.MAX_BODY_BYTES) {
    const { remedy } = Settings.properties.MAX_BODIES_BYTES
    problems.push(describe('MAX_BODIES_BYTES', 'at least MAX_BODY_BYTES', 'less', remedy))
  }
  refuseClients(settings, problems)
  refuseCredentials(settings, problems)
  if (!production) return
  refuseInProduction(settings, env, problems)
  // Nobody tries blocks out at a public address.
  const isMeant = PUBLIC_URL !== undefined && !urlProblem(PUBLIC_URL, 'https')
  if (!env.NODE_ENV && !isMeant && problems.length > 0) problems.unshift(unsetMode)
}

function requirePublicUrl(value: string | undefined, problems: ErrorProblem[]): void {
  const wrong = value === undefined ? 'nothing' : urlProblem(value, 'https')
  const { remedy } = Settings.properties.PUBLIC_URL
  if (wrong) problems.push(describe('PUBLIC_URL', 'an https address without a query or a fragment', wrong, remedy))
}

/** With an https address, settings of production were probably started in development by mistake. */
function refusePublicUrl(value: string | undefined, problems: ErrorProblem[]): void {
  const wrong = value !== undefined && urlProblem(value, 'loopback')
  const remedy =
    'Set NODE_ENV=production where ManyChat calls; on your own machine run npx dynablock live --url <address>.'
  if (wrong) problems.push(describe('PUBLIC_URL', 'an http address of this machine in development', wrong, remedy))
}

function refuseInProduction(settings: Settings, env: Env, problems: ErrorProblem[]): void {
  const { RECORD_DIR } = settings
  // It records what contacts write, and is easily left on after debugging.
  if (RECORD_DIR !== undefined) {
    problems.push(describe('RECORD_DIR', 'no value in production', 'a folder', Settings.properties.RECORD_DIR.remedy))
  }
  refuseWeakSecrets(settings, env, problems)
}

/** Every key must name its page. */
function refuseClients(settings: Settings, problems: ErrorProblem[]): void {
  const { MANYCHAT_API_KEYS, MANYCHAT_API_URL, MATON_API_KEY, MATON_CONNECTIONS, DEFAULT_PAGE, APP_PAGES } = settings
  const { MANYCHAT_API_KEYS: keys, MANYCHAT_API_URL: url, MATON_CONNECTIONS: connections } = Settings.properties
  if (!MANYCHAT_API_KEYS.every(key => /^\d+:\S+$/.test(key))) {
    problems.push(describe('MANYCHAT_API_KEYS', 'a list of <page id>:<key>', 'an entry in another form', keys.remedy))
  }
  if (!MATON_CONNECTIONS.every(pair => /^\d+=[^\s=]+$/.test(pair))) {
    problems.push(
      describe(
        'MATON_CONNECTIONS',
        'a list of <page id>=<connection id>',
        'an entry in another form',
        connections.remedy,
      ),
    )
  } else if (MATON_CONNECTIONS.length > 0 && MATON_API_KEY === undefined) {
    problems.push(describe('MATON_CONNECTIONS', 'MATON_API_KEY to be set too', 'no value', connections.remedy))
  }
  // Loopback is allowed in production too: an end-to-end test runs its stand-in for ManyChat on the same machine.
  const wrongUrl = MANYCHAT_API_URL !== undefined && urlProblem(MANYCHAT_API_URL, 'both')
  if (wrongUrl) problems.push(describe('MANYCHAT_API_URL', 'an https address', wrongUrl, url.remedy))
  for (const [name, pages] of [
    ['DEFAULT_PAGE', DEFAULT_PAGE === undefined ? [] : [DEFAULT_PAGE]],
    ['APP_PAGES', APP_PAGES],
  ] as const) {
    const isWrong = !pages.every(page => /^\d+$/.test(page))
    const { remedy } = Settings.properties[name]
    if (isWrong) problems.push(describe(name, 'the id of a page', 'something else than digits', remedy))
  }
  refuseSends(settings, problems)
  refuseOutcomes(settings, problems)
}

const fallbackFlow = /^(\d+)=(.+):([^\s:]+)$/

function refuseSends({ CHATFUEL_BOTS, FALLBACK_FLOWS, DATABASE_URL }: Settings, problems: ErrorProblem[]): void {
  const { CHATFUEL_BOTS: bots, FALLBACK_FLOWS: flows, DATABASE_URL: database } = Settings.properties
  if (DATABASE_URL !== undefined && !/^postgres(?:ql)?:$/.test(URL.parse(DATABASE_URL)?.protocol ?? '')) {
    problems.push(describe('DATABASE_URL', 'a postgres:// address', 'another address', database.remedy))
  }
  for (const bot of CHATFUEL_BOTS) {
    const parts = /^[^\s:@]+:[^\s@]+(?:@(?<url>\S+))?$/.exec(bot)
    const url = parts?.groups?.url
    const got = parts === null ? 'an entry in another form' : url !== undefined && urlProblem(url, 'both')
    if (got) problems.push(describe('CHATFUEL_BOTS', 'a list of <bot id>:<token>@<https address>', got, bots.remedy))
  }
  if (!FALLBACK_FLOWS.every(flow => fallbackFlow.test(flow))) {
    const expected = 'a list of <page id>=<field name>:<flow id>'
    problems.push(describe('FALLBACK_FLOWS', expected, 'an entry in another form', flows.remedy))
  }
}

/** One without the other would tell nobody, or what nobody can believe. */
function refuseOutcomes({ OUTCOME_URL, OUTCOME_SECRET }: Settings, problems: ErrorProblem[]): void {
  const { OUTCOME_URL: url, OUTCOME_SECRET: secret } = Settings.properties
  // Loopback is allowed in production too, as for MANYCHAT_API_URL.
  const wrongUrl = OUTCOME_URL === undefined ? OUTCOME_SECRET.length > 0 && 'nothing' : urlProblem(OUTCOME_URL, 'both')
  if (wrongUrl) problems.push(describe('OUTCOME_URL', 'an https address', wrongUrl, url.remedy))
  if (OUTCOME_URL !== undefined && OUTCOME_SECRET.length === 0) {
    problems.push(describe('OUTCOME_SECRET', 'a secret that signs', 'nothing', secret.remedy))
  }
  if (!OUTCOME_SECRET.every(isWebhookKey)) {
    const expected = 'whsec_ and 24 to 64 bytes in base64'
    problems.push(describe('OUTCOME_SECRET', expected, 'an entry in another form', secret.remedy))
  }
}

/** Splits at the last colon: a field's name may contain colons, a flow's id can't. */
export function readFallbackFlow(text: string): [page: string, { field: string; flow: string }] {
  const [, page = '', field = '', flow = ''] = fallbackFlow.exec(text) ?? []
  return [page, { field, flow }]
}

/** The proxies to trust; undefined when the text is not valid. */
export function readProxies(text: string): boolean | string[] | undefined {
  if (/^(on|true|off|false)$/.test(text)) return text === 'on' || text === 'true'
  const proxies = text.split(',').map(proxy => proxy.trim())
  return proxies.every(isProxy) ? proxies : undefined
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', prefix = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  return isIP(address) > 0 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128)
}

/** @param allowed https, http to this machine, or both */
function urlProblem(text: string, allowed: 'https' | 'loopback' | 'both'): string | false {
  if (!URL.canParse(text)) return 'text that is not an address'
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search || hash || username) return 'an address with a query, a fragment or a user'
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' && allowed !== 'loopback') return false
  if (protocol === 'http:' && isLoopback && allowed !== 'https') return false
  return `an address that begins with ${protocol}`
}
