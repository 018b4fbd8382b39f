/** Are the settings such that the server starts with them, here and in production? */
import { type Config, loadConfig } from '../../config.ts'
import { type Finding, findingsOf } from './finding.ts'

export type Env = Record<string, string | undefined>

export interface Examined {
  findings: Finding[]
  /** Without what was refused, so that the rest can be looked at. */
  config: Config
}

const { ok, warning, problem } = findingsOf('settings')

export function examineSettings(env: Env): Examined {
  const refused = refusals(env)
  const findings = refused.map(refusal => problem(...refusal))
  const isDevelopment = env.NODE_ENV !== 'production'
  if (isDevelopment) {
    const known = new Set(refused.map(refusal => refusal.join()))
    const later = refusals({ ...env, NODE_ENV: 'production' }).filter(refusal => !known.has(refusal.join()))
    findings.push(...later.map(([name, expected, ...rest]) => warning(name, `${expected}, in production`, ...rest)))
  }
  if (refused.length === 0) {
    findings.unshift(
      ok('settings', 'settings that a server can run with', isDevelopment ? 'development' : 'production'),
    )
  }
  return { findings, config: configWithout(env, new Set(refused.map(([name]) => name))) }
}

type Refusal = [name: string, expected: string, got: string, remedy: string]

function refusals(env: Env): Refusal[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return [...(error as Error).message.matchAll(/^- (\w+): expected (.+?), got (.+?)\. ([A-Z].*)$/gm)].map(
      ([, name, expected, got, remedy]) => [name, expected, got, remedy] as Refusal,
    )
  }
}

/** What is missing in production is made up in development, so nothing is refused there but what was set. */
function configWithout(env: Env, refused: ReadonlySet<string>): Config {
  const kept = Object.entries(env).filter(([name]) => !refused.has(name) && !refused.has(name.replace(/_FILE$/, '')))
  return loadConfig({ ...Object.fromEntries(kept), NODE_ENV: 'development' })
}
