/** Checks that the server can start with these settings, here and in production. */
import type { DynablockError, ErrorProblem } from '../../errors/errors.ts'
import { type Config, loadConfig } from '../../settings/config.ts'
import { findMisspelt } from '../../settings/misspelt.ts'
import { type Finding, findingsOf } from './finding.ts'

export type Env = Record<string, string | undefined>

export interface Examined {
  findings: Finding[]
  /** Without the refused settings, so that the rest can still be checked. */
  config: Config
}

const { ok, warning, problem } = findingsOf('settings')

export function examineSettings(env: Env): Examined {
  const refused = refusals(env)
  const findings = refused.map(({ subject, expected, got, remedy }) => problem(subject, expected, got, remedy))
  const isDevelopment = env.NODE_ENV === 'development'
  if (isDevelopment) {
    const known = new Set(refused.map(({ subject, message }) => subject + message))
    for (const { subject, expected, got, remedy, message } of refusals({ ...env, NODE_ENV: 'production' })) {
      if (!known.has(subject + message)) findings.push(warning(subject, `${expected}, in production`, got, remedy))
    }
  }
  if (refused.length === 0) {
    findings.unshift(
      ok('settings', 'settings that a server can run with', isDevelopment ? 'development' : 'production'),
    )
  }
  for (const { name, meant } of findMisspelt(env)) {
    findings.push(warning(name, 'the name of a setting', 'another one, which nothing reads', `Did you mean ${meant}?`))
  }
  return { findings, config: configWithout(env, new Set(refused.map(({ subject }) => subject))) }
}

function refusals(env: Env): readonly ErrorProblem[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return (error as DynablockError).problems ?? []
  }
}

/** Development has a default for every setting that production requires, so without the refused ones it always loads. */
function configWithout(env: Env, refused: ReadonlySet<string>): Config {
  const kept = Object.entries(env).filter(([name]) => !refused.has(name) && !refused.has(name.replace(/_FILE$/, '')))
  const live = kept.some(([name, value]) => name === 'PUBLIC_URL' && value?.startsWith('https:'))
  return loadConfig({ ...Object.fromEntries(kept), NODE_ENV: 'development' }, { live })
}
