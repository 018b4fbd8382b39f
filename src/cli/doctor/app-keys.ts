import type { Installation } from '../../manychat/app-keys.ts'
import { createCipher } from '../../settings/cipher.ts'
import type { Config } from '../../settings/config.ts'
import { type Finding, findingsOf } from './finding.ts'

const { ok, warning, problem } = findingsOf('app-keys')

export interface ExaminedAppKeys {
  findings: Finding[]
  /** By page. */
  keys: ReadonlyMap<string, string>
}

type AppKeysConfig = Pick<Config, 'defaultPage' | 'manychatApiKeys' | 'matonApiKey'> & { stateKeys: readonly string[] }

/** Checks that STATE_KEYS decrypt the App Keys in the store, and that it is known which is for calls that name no page. */
export function examineAppKeys(installations: readonly Installation[], config: AppKeysConfig): ExaminedAppKeys {
  const cipher = createCipher(config.stateKeys, 'app keys')
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
  return { findings: [...findings, ...examineDefault(installed.length, config)], keys }
}

/** Where the settings name a page, they also say which page is meant when none is named. */
function examineDefault(installed: number, { defaultPage, manychatApiKeys, matonApiKey }: AppKeysConfig): Finding[] {
  if (installed < 2 || defaultPage !== undefined || manychatApiKeys.length > 0 || matonApiKey !== undefined) return []
  const expected = 'the page of calls that name none'
  const remedy = 'Set it to the id of a page: until then such calls fail with DYN_PAGE_UNKNOWN.'
  return [warning('DEFAULT_PAGE', expected, `nothing, and the app on ${installed} pages`, remedy)]
}
