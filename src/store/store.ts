/** Where what must not be lost is kept: SQLite in a folder, or PostgreSQL, behind the same SQL. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, type RawBuilder, sql } from 'kysely'
import { createError, DynablockError } from '../errors/errors.ts'
import { type EngineName, migrate } from './migrations.ts'
import type { Notices } from './notices.ts'
import { openPostgres } from './postgres.ts'
import { compactOld, isBusy, openSqlite, scrub as scrubSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** How long others may stand in the way of a change; they are done in milliseconds. */
const retryForMs = 5000

/** Stands among the workers, and holds nothing. */
const probeName = 'probe'

export interface StoreOptions {
  /** The folder of the embedded store. */
  dataDir: string
  /** A PostgreSQL, in place of the embedded store. */
  databaseUrl?: string | undefined
  /** Of PostgreSQL; made if it isn't there. Default what the database says. */
  schema?: string | undefined
  /** How long a PostgreSQL may be silent; default 10000. */
  queryTimeoutMs?: number | undefined
}

export interface Store {
  engine: EngineName
  /** One statement, or several that needn't hold together; on disk when it resolves. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** All or nothing, on disk when it resolves. What is done twice because of others must be the same as once. */
  transact<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** The store's own time, in milliseconds since 1970, for use in statements: processes may differ, it doesn't. */
  now: RawBuilder<number>
  /** null where no other process can be told. */
  notices: Notices | null
  /**
   * Reads and writes a little.
   *
   * @throws DynablockError `DYN_STORE_FAILED` when that fails
   */
  probe(): Promise<void>
  /** Leaves nothing of what was deleted in the embedded store's files. PostgreSQL does it by itself, by its autovacuum. */
  scrub(): Promise<void>
  close(): Promise<void>
}

const nowOf: Record<EngineName, RawBuilder<number>> = {
  // Not now(): that stands still at the beginning of the transaction, and others may have come first.
  postgres: sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  sqlite: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
}

/**
 * Opens the store and brings it to the newest form.
 *
 * @throws DynablockError `DYN_STORE_FAILED` when it can't be reached or written, `DYN_STORE_NEWER`
 */
export async function openStore({ dataDir, databaseUrl, schema, queryTimeoutMs }: StoreOptions): Promise<Store> {
  const engine = databaseUrl === undefined ? 'sqlite' : 'postgres'
  const { dialect, label, notices } = await open().catch(error => {
    throw failure(error, databaseUrl === undefined ? `SQLite in ${dataDir}` : 'PostgreSQL')
  })
  const db = new Kysely<Tables>({ dialect })
  const store: Store = { engine, run, transact, now: nowOf[engine], notices, probe, scrub, close }
  try {
    await transact(trx => migrate(trx, engine, schema))
    // While another process uses the file it can't be rewritten; the next start tries again.
    if (engine === 'sqlite') await compactOld(db).catch(() => undefined)
  } catch (error) {
    await close()
    throw error
  }
  return store

  async function open() {
    if (databaseUrl !== undefined) return openPostgres(databaseUrl, schema, queryTimeoutMs)
    return { ...(await openSqlite(dataDir)), notices: null }
  }

  function run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return persist(() => work(db))
  }

  function transact<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return persist(() => db.transaction().execute(work))
  }

  async function probe(): Promise<void> {
    const now = nowOf[engine]
    await run(db =>
      sql`insert into workers (name, beat, seen_at) values (${probeName}, 0, ${now})
        on conflict (name) do update set seen_at = excluded.seen_at`.execute(db),
    )
  }

  async function scrub(): Promise<void> {
    if (engine === 'sqlite') await run(scrubSqlite)
  }

  async function persist<T>(work: () => Promise<T>): Promise<T> {
    for (const startedAt = performance.now(); ; ) {
      try {
        return await work()
      } catch (error) {
        if (!isInTheWay(error) || performance.now() - startedAt > retryForMs) throw failure(error, label)
        await sleep(5 + Math.random() * 20)
      }
    }
  }

  async function close(): Promise<void> {
    await notices?.close()
    await db.destroy()
  }
}

/** Whether the same may well succeed in a moment, as nothing was changed and another was only quicker. */
function isInTheWay(error: unknown): boolean {
  const { code, constraint, message } = error as { code?: string; constraint?: string; message?: string }
  // serialization_failure, deadlock_detected
  if (code === '40001' || code === '40P01' || isBusy(error)) return true
  return constraint === 'jobs_open' || (code === 'SQLITE_CONSTRAINT_UNIQUE' && /order_key/.test(message ?? ''))
}

/** PostgreSQL's messages may quote what was to be written, so a code is all that is told. */
function failure(error: unknown, store: string): unknown {
  if (error instanceof DynablockError) return error
  const { code, message } = error as { code?: string; message?: string }
  return createError('DYN_STORE_FAILED', { store, got: code ?? message ?? 'an error' }, { cause: error })
}
