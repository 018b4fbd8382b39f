import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import { type Kysely, SqliteDialect, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** How long a statement may block this process for another one's write; beyond it, the wait is asynchronous. */
const busyTimeoutMs = 20
/** Preparing a statement takes several times as long as running it. Those with a list differ by its length. */
const statementsKept = 200

const incremental = 2
/** 4 MB, so that nothing else waits long. */
const pagesAtOnce = 1000

/** Opens `sends.sqlite` in the folder; several processes may. */
export async function openSqlite(dataDir: string) {
  // Loaded only where it is used: PostgreSQL needs none of it, and it costs time at start.
  const { default: Database } = await import('better-sqlite3')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'sends.sqlite')
  // Messages to contacts are for the owner alone. SQLite gives the files beside it the same mode.
  const handle = await open(file, 'a', 0o600)
  await handle.close()
  const database = new Database(file, { timeout: busyTimeoutMs })
  // What is deleted is overwritten.
  database.pragma('secure_delete = ON')
  await setModes(database)
  // The disk has a commit before anybody hears of it, also when the power fails.
  database.pragma('synchronous = FULL')
  return { dialect: new SqliteDialect({ database: wrap(database) }), label: `SQLite in ${dataDir}` }
}

/** Rewrites, once, a file of a release that left deleted texts in it. @throws while another process writes */
export async function compactOld(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ auto_vacuum: number }>`pragma auto_vacuum`.execute(db)
  if (rows[0]?.auto_vacuum === incremental) return
  await sql`vacuum`.execute(db)
}

/** Gives pages that are free back to the disk, and empties the WAL, which holds what pages said before. */
export async function scrub(db: Kysely<Tables>): Promise<void> {
  // A file of a release before that couldn't be rewritten yet keeps its free pages.
  for (let before = Number.POSITIVE_INFINITY, free = await countFree(db); free > 0 && free < before; ) {
    await sql`pragma incremental_vacuum(${sql.lit(pagesAtOnce)})`.execute(db)
    before = free
    free = await countFree(db)
  }
  // Says "busy" as a result while somebody reads, and is done the next time.
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}

async function countFree(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(db)
  return Number(rows[0]?.freelist_count)
}

/** While another process sets them too, SQLite refuses without waiting. */
async function setModes(database: BetterSqlite3.Database): Promise<void> {
  for (let triesLeft = 250; ; triesLeft--) {
    try {
      // Gives back to the disk what is no longer needed. Only counts before there is anything in the file.
      database.pragma('auto_vacuum = INCREMENTAL')
      database.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (triesLeft === 0 || !isBusy(error)) throw error
      await sleep(20)
    }
  }
}

function wrap(database: BetterSqlite3.Database) {
  const prepared = new Map<string, BetterSqlite3.Statement>()
  return { prepare: (text: string) => prepare(adapt(text)), close: () => database.close() }

  function prepare(text: string): BetterSqlite3.Statement {
    const known = prepared.get(text)
    if (known) return known
    const statement = database.prepare(text)
    const [oldest] = prepared.size < statementsKept ? [] : prepared.keys()
    if (oldest !== undefined) prepared.delete(oldest)
    prepared.set(text, statement)
    return statement
  }

  function adapt(text: string): string {
    // A transaction that begins by reading can't write once another process has written.
    if (text === 'begin') return 'begin immediate'
    // A full disk has ended the transaction already; an error of the rollback would hide the reason.
    if (text === 'rollback' && !database.inTransaction) return 'select 1'
    return text
  }
}

export function isBusy(error: unknown): boolean {
  return /^SQLITE_BUSY/.test(String((error as { code?: unknown }).code))
}
