/** What every secret must be, wherever it is used. */
import { blockName } from '../blocks/validate.ts'
import type { ErrorProblem } from '../errors/errors.ts'
import { isApiToken, misspeltScope, readApiToken, readWebhookSecret, scopes } from './credentials.ts'
import { findMisspelt } from './misspelt.ts'
import { describe } from './problem.ts'
import { type Env, Settings } from './settings.ts'

const minSecretLength = 32

/** What a secret is for must be said in full, and once: two entries of one secret would say different things. */
export function refuseCredentials(
  { WEBHOOK_SECRETS, API_TOKENS, APP_INSTALL_SECRETS }: Settings,
  problems: ErrorProblem[],
): void {
  const { WEBHOOK_SECRETS: secrets, API_TOKENS: tokens, APP_INSTALL_SECRETS: installs } = Settings.properties
  const read = WEBHOOK_SECRETS.map(readWebhookSecret)
  if (!read.every(({ secret, blocks }) => secret && [...(blocks ?? [])].every(name => blockName.test(name)))) {
    const expected = 'a list of <secret> or <secret>@<block>+<block>'
    problems.push(describe('WEBHOOK_SECRETS', expected, 'an entry in another form', secrets.remedy))
  }
  if (!API_TOKENS.every(isApiToken)) {
    const expected = `a list of <token> or <name>:<scope>+<scope>:<token>, with scopes of ${scopes.join(', ')}`
    const meant = API_TOKENS.filter(token => !isApiToken(token))
      .map(misspeltScope)
      .find(Boolean)
    const remedy = meant ? `Did you mean the scope ${meant}?` : tokens.remedy
    problems.push(describe('API_TOKENS', expected, 'an entry in another form', remedy))
  }
  // Longer parts of a path are not read.
  if (!APP_INSTALL_SECRETS.every(secret => /^[\w.~-]{1,100}$/.test(secret))) {
    const expected = 'secrets of letters, digits and hyphens, of at most 100 characters'
    problems.push(describe('APP_INSTALL_SECRETS', expected, 'another one', installs.remedy))
  }
  for (const [name, entries, { remedy }] of [
    ['WEBHOOK_SECRETS', read, secrets],
    ['API_TOKENS', API_TOKENS.map(readApiToken), tokens],
  ] as const) {
    const all = entries.map(({ secret }) => secret)
    if (new Set(all).size < all.length) problems.push(describe(name, 'each secret once', 'one of them twice', remedy))
  }
}

/** In production each secret is long, and of one use. */
export function refuseWeakSecrets(settings: Settings, env: Env, problems: ErrorProblem[]): void {
  const { WEBHOOK_SECRETS, STATE_KEYS, API_TOKENS, APP_INSTALL_SECRETS } = settings
  const { WEBHOOK_SECRETS: secrets, STATE_KEYS: keys } = Settings.properties
  const { API_TOKENS: tokens, APP_INSTALL_SECRETS: installs } = Settings.properties
  const webhookSecrets = WEBHOOK_SECRETS.map(text => readWebhookSecret(text).secret)
  const apiTokens = API_TOKENS.map(text => readApiToken(text).secret)
  if (webhookSecrets.some(secret => STATE_KEYS.includes(secret))) {
    problems.push(describe('STATE_KEYS', 'keys of its own', 'one of WEBHOOK_SECRETS', keys.remedy))
  }
  // Everyone who builds bots in ManyChat can read the secrets in its Dynamic Blocks.
  if (apiTokens.some(token => webhookSecrets.includes(token) || STATE_KEYS.includes(token))) {
    problems.push(describe('API_TOKENS', 'tokens of their own', 'one of the other secrets', tokens.remedy))
  }
  // A webhook secret is known to more people than may install.
  if (APP_INSTALL_SECRETS.some(secret => [...webhookSecrets, ...apiTokens, ...STATE_KEYS].includes(secret))) {
    problems.push(describe('APP_INSTALL_SECRETS', 'secrets of their own', 'one of the other secrets', installs.remedy))
  }
  for (const [name, values, { remedy }] of [
    ['WEBHOOK_SECRETS', webhookSecrets, secrets],
    ['STATE_KEYS', STATE_KEYS, keys],
    ['API_TOKENS', apiTokens, tokens],
    ['APP_INSTALL_SECRETS', APP_INSTALL_SECRETS, installs],
  ] as const) {
    const expected = `secrets of at least ${minSecretLength} characters`
    const isUnread = problems.some(({ subject }) => subject.startsWith(name))
    // Without the others only routes that many servers never use are closed.
    const isNeeded = name === 'WEBHOOK_SECRETS' || name === 'STATE_KEYS'
    if (values.length === 0 && !isUnread && isNeeded) {
      problems.push(describe(name, expected, `nothing${misspelt(name, env)}`, remedy))
    }
    for (const value of values) {
      const got = secretProblem(value)
      if (got) problems.push(describe(name, expected, got, remedy))
    }
  }
}

/** What is wrong with a secret, without quoting it. */
function secretProblem(secret: string): string | false {
  if (secret.length < minSecretLength) return `one of ${secret.length} characters`
  if (/change.?me|example|placeholder/i.test(secret)) return 'the one from the example'
  return new Set(secret).size < 8 && 'one with too few different characters'
}

/** A hint at a variable that is set and looks like a typo of this name. */
function misspelt(name: string, env: Env): string {
  const near = findMisspelt(env).find(({ meant }) => meant === name)
  return near ? ` (${near.name} is set)` : ''
}
