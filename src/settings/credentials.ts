/** Secrets that say what they are for. */
import { distance } from 'fastest-levenshtein'

/** What a token may do; the routes of each stand in docs/security.md. */
export const scopes = ['sends', 'contacts', 'apps', 'check', 'metrics', 'all'] as const
export type Scope = (typeof scopes)[number]

/** One of API_TOKENS. */
export interface ApiToken {
  /** null for a token that stands alone. Several may share a name, as while one replaces another. */
  name: string | null
  scopes: readonly Scope[]
  secret: string
}

/** One of WEBHOOK_SECRETS. */
export interface WebhookSecret {
  secret: string
  /** The only blocks that it enters; null for all of them, and the rest of what ManyChat calls. */
  blocks: ReadonlySet<string> | null
}

const scope = `(?:${scopes.join('|')})`
const namedToken = new RegExp(`^([\\w.-]{1,64}):(${scope}(?:\\+${scope})*):([^:]+)$`)

/** Reads `<name>:<scope>+<scope>:<token>`, or a token alone, which may do everything. */
export function readApiToken(text: string): ApiToken {
  const [, name, scopes, secret] = namedToken.exec(text) ?? []
  if (name === undefined || scopes === undefined || secret === undefined) {
    return { name: null, scopes: ['all'], secret: text }
  }
  return { name, scopes: scopes.split('+') as Scope[], secret }
}

/** Whether it is a token alone, or has its three parts. A name without a scope must not become a token that may do everything. */
export function isApiToken(text: string): boolean {
  return !text.includes(':') || namedToken.test(text)
}

/** The scope that an entry probably meant. What it has instead is not told, as it may be part of a secret. */
export function misspeltScope(text: string): Scope | undefined {
  const [, names = ''] = text.split(':')
  const wrong = names.split('+').filter(name => !scopes.some(scope => scope === name))
  return scopes.find(scope => wrong.some(name => distance(name, scope) <= 2))
}

/** Whether a token opens the routes of a scope. */
export function allows({ scopes }: Pick<ApiToken, 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('all')
}

/** Reads `<secret>@<block>+<block>`, or a secret alone. A secret may contain `@`: the last one counts. */
export function readWebhookSecret(text: string): WebhookSecret {
  const at = text.lastIndexOf('@')
  if (at === -1) return { secret: text, blocks: null }
  return { secret: text.slice(0, at), blocks: new Set(text.slice(at + 1).split('+')) }
}

/** Whether it is a key of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookKey(text: string): boolean {
  const [, base64 = ''] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64').length
  return bytes >= 24 && bytes <= 64
}
