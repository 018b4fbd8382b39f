/** Variables that are set and look like a typo of a setting: nothing reads them. */
import { distance } from 'fastest-levenshtein'
import { type Env, Settings } from './settings.ts'

export interface Misspelt {
  /** Of the variable. */
  name: string
  /** The setting that was probably meant. */
  meant: string
}

const settings = Object.entries(Settings.properties).flatMap(([name, { secret }]) =>
  secret ? [name, `${name}_FILE`] : [name],
)

/** Settings that are set were not misspelt. In words of fewer letters, two typos make any other word. */
export function findMisspelt(env: Env): Misspelt[] {
  const unset = settings.filter(name => !env[name] && name.length > 5)
  return Object.keys(env).flatMap(name => {
    if (!env[name] || settings.includes(name)) return []
    const meant = unset.find(setting => isNear(name, setting))
    return meant === undefined ? [] : [{ name, meant }]
  })
}

/** `REPLY_WITHIN` is near, too: the unit is easily forgotten. */
function isNear(name: string, setting: string): boolean {
  return distance(name, setting) <= 2 || (name.includes('_') && setting.replace(/_(?:MS|BYTES)$/, '') === name)
}
