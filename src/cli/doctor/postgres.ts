import type { Installation } from '../../manychat/app-keys.ts'
import type { MigrationsTable } from '../../store/tables.ts'
import { type CommitSettings, type Look, limitedQuery, memoriesQuery, versionsOf } from './store.ts'

const timeoutMs = 5000

export async function lookAtPostgres(databaseUrl: string): Promise<Look> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'dynablock doctor',
  })
  // A broken connection rejects the query too; an unhandled 'error' event would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('begin read only')
    const { rows } = await client.query<
      Record<'made' | 'keys' | 'jobs' | 'memories' | 'create' | 'write', boolean>
    >(`select
      to_regclass('dynablock_migrations') is not null as made,
      to_regclass('app_keys') is not null as keys,
      to_regclass('jobs') is not null as jobs,
      to_regclass('memories') is not null as memories,
      has_schema_privilege(current_schema(), 'CREATE') as create,
      coalesce(has_table_privilege(to_regclass('jobs'), 'INSERT, UPDATE, DELETE'), true) as write`)
    const { made, keys, jobs, memories, create, write } = rows[0] as (typeof rows)[0]
    const commits =
      await client.query<CommitSettings>(`select current_setting('synchronous_commit') as synchronous_commit,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes`)
    const unwritable: Look['unwritable'] = (made ? write : create)
      ? null
      : ['a user who may write there', 'one who may not', 'Grant the right, or name another user in DATABASE_URL.']
    return {
      ...versionsOf(made ? (await client.query<MigrationsTable>('select * from dynablock_migrations')).rows : null),
      unwritable,
      commits: commits.rows[0] as CommitSettings,
      installations: keys ? (await client.query<Installation>('select * from app_keys')).rows : [],
      limited: jobs ? await count(limitedQuery) : [],
      memories: memories ? await count(memoriesQuery) : [],
    }
  } finally {
    await client.end()
  }
  async function count(query: string) {
    const { rows } = await client.query(query)
    return rows.map(row => ({ ...row, count: Number(row.count) }))
  }
}
