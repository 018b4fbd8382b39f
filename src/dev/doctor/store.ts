/** Can the store be opened and written, and has it the form of this release? Nothing is changed, and nothing is made. */
import type { Config } from '../../config.ts'
import type { Installation } from '../../manychat/app-keys.ts'
import { newestVersion } from '../../sends/migrations.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lookAtPostgres } from './postgres.ts'
import { lookAtSqlite } from './sqlite.ts'

/** What was seen of a store. */
export interface Look {
  /** The form it has; null for one that is still to be made. */
  version: number | null
  /** What keeps it from being written; null when nothing does. */
  unwritable: [expected: string, got: string, remedy: string] | null
  installations: Installation[]
}

export interface ExaminedStore {
  findings: Finding[]
  /** Encrypted, as they are stored. */
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
    // The message of a driver may quote the address, with its password.
    const { code = 'an error' } = error as NodeJS.ErrnoException
    const remedy = databaseUrl === undefined ? 'Look at the disk of DATA_DIR.' : 'Look at the database of DATABASE_URL.'
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
