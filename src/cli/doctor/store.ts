/** Checks that the store opens, is writable and has this release's version. Changes and creates nothing. */

import type { Installation } from '../../manychat/app-keys.ts'
import type { Config } from '../../settings/config.ts'
import { newestVersion } from '../../store/migrations.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lookAtPostgres } from './postgres.ts'
import { lookAtSqlite } from './sqlite.ts'

export interface Look {
  /** Of the last migration; null when the store doesn't exist yet. */
  version: number | null
  /** Why it can't be written; null when it can. */
  unwritable: [expected: string, got: string, remedy: string] | null
  installations: Installation[]
}

export interface ExaminedStore {
  findings: Finding[]
  /** Still encrypted. */
  installations: Installation[]
}

const { ok, warning, problem } = findingsOf('store')

export async function examineStore({
  dataDir,
  databaseUrl,
}: Pick<Config, 'dataDir' | 'databaseUrl'>): Promise<ExaminedStore> {
  const subject = databaseUrl === undefined ? `SQLite in ${dataDir}` : 'PostgreSQL of DATABASE_URL'
  try {
    const look = databaseUrl === undefined ? await lookAtSqlite(dataDir) : await lookAtPostgres(databaseUrl)
    return { findings: [judge(subject, look)], installations: look.installations }
  } catch (error) {
    // A driver's message may quote the connection string with its password.
    const { code = 'an error' } = error as NodeJS.ErrnoException
    const remedy = databaseUrl === undefined ? 'Check the disk of DATA_DIR.' : 'Check the database of DATABASE_URL.'
    return { findings: [problem(subject, 'a store that opens', code, remedy)], installations: [] }
  }
}

function judge(subject: string, { version, unwritable }: Look): Finding {
  if (unwritable) return problem(subject, ...unwritable)
  if (version === null) return ok(subject, 'a store that can be made', 'the next start makes it')
  const expected = `a store of version ${newestVersion}`
  if (version > newestVersion) {
    return problem(subject, expected, `version ${version}`, 'Start the release that wrote it, or a newer one.')
  }
  if (version < newestVersion) {
    return warning(subject, expected, `version ${version}`, 'The next start brings it up to date: back it up first.')
  }
  return ok(subject, expected, 'it, and it can be written')
}
