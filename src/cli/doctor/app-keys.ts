import type { Installation } from '../../manychat/app-keys.ts'
import { createCipher } from '../../manychat/cipher.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, problem } = findingsOf('app-keys')

export interface ExaminedAppKeys {
  findings: Finding[]
  /** By page. */
  keys: ReadonlyMap<string, string>
}

/** Checks that STATE_KEYS decrypt the App Keys in the store. */
export function examineAppKeys(installations: readonly Installation[], stateKeys: readonly string[]): ExaminedAppKeys {
  const cipher = createCipher(stateKeys)
  const keys = new Map<string, string>()
  const installed = installations.filter(({ sealed }) => sealed !== '')
  const findings = installed.map(({ page, sealed, uninstalled_at }) => {
    const subject = `page ${page}`
    try {
      keys.set(page, JSON.parse(cipher.decrypt(sealed, page)).key)
    } catch {
      const remedy = 'Put the old key after the new one in STATE_KEYS, or install the app again.'
      return problem(subject, 'an App Key that STATE_KEYS decrypt', 'one that another key encrypted', remedy)
    }
    if (uninstalled_at === null) return ok(subject, 'an App Key that STATE_KEYS decrypt', 'it')
    return warning(subject, 'an installed app', 'answers as after an uninstall', 'Install the app again.')
  })
  return { findings, keys }
}
