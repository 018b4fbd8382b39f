/** Checks that the store opens, is writable and has this release's version. Changes and creates nothing. */

import type { Installation } from '../../manychat/app-keys.ts'
import { lockOutRemedy } from '../../outbound/limits.ts'
import type { Config } from '../../settings/config.ts'
import { newestVersion } from '../../store/migrations.ts'
import type { MigrationsTable } from '../../store/tables.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lookAtPostgres } from './postgres.ts'
import { lookAtSqlite } from './sqlite.ts'

export interface Look {
  /** Of the last migration; null when the store doesn't exist yet. */
  version: number | null
  /** The newest version that a release has to know to use it. */
  needs: number | null
  /** Why it can't be written; null when it can. */
  unwritable: [expected: string, got: string, remedy: string] | null
  installations: Installation[]
  memories: SealedMemories[]
  /** Pages with sends that the platform refused for its limit, again and again. */
  limited: { page: string | null; count: number }[]
  /** What PostgreSQL does with commits, by its own default for this user. */
  commits?: CommitSettings
}

/** Reads `limited`. */
export const limitedQuery = `select page, count(*) as count from jobs
  where state = 'waiting' and error_code = 'DYN_CALL_LIMITED' and failures >= 5 group by page order by page`

/** How many memories a key encrypted. */
export interface SealedMemories {
  /** The name of the key. */
  sealed_by: string
  count: number
}

export const memoriesQuery = 'select sealed_by, count(*) as count from memories group by sealed_by order by sealed_by'

export interface CommitSettings {
  synchronous_commit: string
  fsync: string
  full_page_writes: string
}

export interface ExaminedStore {
  findings: Finding[]
  /** Still encrypted. */
  installations: Installation[]
  memories: SealedMemories[]
}

const { ok, warning, problem } = findingsOf('store')

export async function examineStore({
  dataDir,
  databaseUrl,
}: Pick<Config, 'dataDir' | 'databaseUrl'>): Promise<ExaminedStore> {
  const subject = databaseUrl === undefined ? `SQLite in ${dataDir}` : 'PostgreSQL of DATABASE_URL'
  try {
    const look = databaseUrl === undefined ? await lookAtSqlite(dataDir) : await lookAtPostgres(databaseUrl)
    const commits = look.commits ? [judgeCommits(subject, look.commits)] : []
    const limited = look.limited.map(warnOfLimit)
    return {
      findings: [judge(subject, look), ...commits, ...limited],
      installations: look.installations,
      memories: look.memories,
    }
  } catch (error) {
    // A driver's message may quote the connection string with its password.
    const { code = 'an error' } = error as NodeJS.ErrnoException
    const remedy = databaseUrl === undefined ? 'Check the disk of DATA_DIR.' : 'Check the database of DATABASE_URL.'
    return { findings: [problem(subject, 'a store that opens', code, remedy)], installations: [], memories: [] }
  }
}

/** Of a store that is made; null: it isn't yet. A store of an older release says only its versions. */
export function versionsOf(migrations: MigrationsTable[] | null): Pick<Look, 'version' | 'needs'> {
  if (!migrations) return { version: null, needs: null }
  const version = Math.max(0, ...migrations.map(({ version }) => version))
  return { version, needs: Math.max(0, ...migrations.map(({ version, needs }) => needs ?? version)) }
}

function judge(subject: string, { version, needs, unwritable }: Look): Finding {
  if (unwritable) return problem(subject, ...unwritable)
  if (version === null) return ok(subject, 'a store that can be made', 'the next start makes it')
  const expected = `a store of version ${newestVersion}`
  if (version > newestVersion) {
    if (needs !== null && needs <= newestVersion)
      return ok(subject, expected, `version ${version}, which only adds to it`)
    return problem(subject, expected, `version ${version}`, 'Start the release that wrote it, or a newer one.')
  }
  if (version < newestVersion) {
    return warning(subject, expected, `version ${version}`, 'The next start brings it up to date: back it up first.')
  }
  return ok(subject, `${expected} that can be written`, 'it')
}

function warnOfLimit({ page, count }: Look['limited'][number]): Finding {
  const subject = `page ${page ?? 'of the default connection'}`
  const got = `${count} that were refused 5 times or more, and wait`
  return warning(subject, "sends within ManyChat's limits", got, lockOutRemedy)
}

/** The server sets the first for its own connections; the others are the database's alone. */
export function judgeCommits(subject: string, { synchronous_commit, ...others }: CommitSettings): Finding {
  const expected = 'commits that survive a crash'
  const off = Object.entries(others).filter(([, value]) => value === 'off')
  if (off.length > 0) {
    const got = off.map(([name, value]) => `${name} ${value}`).join(', ')
    return problem(subject, expected, got, 'Turn it on in postgresql.conf: a power cut can destroy the database.')
  }
  const instead = isDurable(synchronous_commit) ? '' : ', in place of which the server sets on'
  return ok(subject, expected, `synchronous_commit ${synchronous_commit}${instead}`)
}

function isDurable(synchronousCommit: string): boolean {
  return synchronousCommit === 'on' || synchronousCommit === 'remote_apply'
}
