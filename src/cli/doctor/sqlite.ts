import { access, constants, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import type { MigrationsTable } from '../../store/tables.ts'
import { type Look, limitedQuery, memoriesQuery, versionsOf } from './store.ts'

export async function lookAtSqlite(dataDir: string): Promise<Look> {
  const file = join(dataDir, 'sends.sqlite')
  const unwritable = await findUnwritable(resolve(file))
  if (!(await may(file, constants.R_OK)))
    return { version: null, needs: null, unwritable, installations: [], memories: [], limited: [] }
  const database = await openUnchanged(file)
  try {
    return { ...readStore(database), unwritable }
  } finally {
    database.close()
  }
}

/**
 * A server that is running, or was killed, leaves a WAL file beside the database, and SQLite needs it. If there is none,
 * opening the file would create one that belongs to the doctor's user, and the server might be unable to write it: so open
 * a copy in memory.
 */
async function openUnchanged(file: string): Promise<BetterSqlite3.Database> {
  const { default: Database } = await import('better-sqlite3')
  if (await may(`${file}-wal`, constants.F_OK)) return new Database(file, { readonly: true, fileMustExist: true })
  const bytes = await readFile(file)
  // 2 means WAL, which a copy in memory can't have; 1 means none. Source: https://sqlite.org/fileformat.html, 1.3.3.
  bytes.fill(1, 18, 20)
  return new Database(bytes)
}

function readStore(database: BetterSqlite3.Database): Omit<Look, 'unwritable'> {
  const tables = database.prepare('select name from sqlite_master').pluck().all()
  if (!tables.includes('dynablock_migrations'))
    return { version: null, needs: null, installations: [], memories: [], limited: [] }
  const migrations = database.prepare('select * from dynablock_migrations').all() as MigrationsTable[]
  const installations = tables.includes('app_keys') ? database.prepare('select * from app_keys').all() : []
  const limited = tables.includes('jobs') ? database.prepare(limitedQuery).all() : []
  const memories = tables.includes('memories') ? database.prepare(memoriesQuery).all() : []
  const read = { installations, memories, limited } as Pick<Look, 'installations' | 'memories' | 'limited'>
  return { ...versionsOf(migrations), ...read }
}

async function findUnwritable(file: string): Promise<Look['unwritable']> {
  const nearest = await findNearest(file)
  const mode = nearest === file ? constants.R_OK | constants.W_OK : constants.W_OK | constants.X_OK
  if (await may(nearest, mode)) return null
  const remedy = 'Let the user of the server write there, or set DATA_DIR.'
  return ['a folder and a file that can be written', `${nearest}, which can't`, remedy]
}

/** The file itself, or the nearest parent folder that exists. */
async function findNearest(path: string): Promise<string> {
  return (await may(path, constants.F_OK)) || path === dirname(path) ? path : findNearest(dirname(path))
}

async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}
