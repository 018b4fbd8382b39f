import type { EventEmitter } from 'node:events'
import { PostgresDialect } from 'kysely'
import type { ClientBase } from 'pg'
import { createNotices } from './notices.ts'

/** A contact is waiting for the answer that a late reply was taken: better an error than a long silence. */
const connectTimeoutMs = 2000
const defaultQueryTimeoutMs = 10_000
const int8 = 20
/** So that a failover which keeps old connections is noticed sooner or later, whatever the database answers on them. */
const maxLifetimeSeconds = 300
/** What a connection answers that leads to a database which no longer takes changes, or ends: 25006 read-only, 57P0x shutdown. */
const useless = /^(25006|57P0\d)$/

/** Where the default of the database is off, as some managed ones have it, a crash loses what was promised. */
const awaitDisk = `select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') <> 'remote_apply'`

export async function openPostgres(databaseUrl: string, schema?: string, queryTimeoutMs = defaultQueryTimeoutMs) {
  // Loaded only where it is used, as the other engine.
  const { default: pg } = await import('pg')
  const options = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: 'dynablock',
    ...(schema !== undefined && { options: `-c search_path=${schema}` }),
  }
  const pool = new pg.Pool({
    ...options,
    query_timeout: queryTimeoutMs,
    max: 10,
    maxLifetimeSeconds,
    onConnect: limitStatements,
    // pg gives strings, for fear of numbers past 2^53; neither times nor ids of sends come near.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) },
  })
  // Whoever uses the connection gets the error too; without a listener it would end the process.
  pool.on('error', () => undefined)
  const dropped = new WeakSet<object>()
  pool.on('connect', client => {
    client.on('error', () => undefined)
    const { connection } = client as unknown as { connection: EventEmitter }
    connection.on('errorMessage', ({ code }: { code?: string }) => useless.test(code ?? '') && dropped.add(client))
  })
  // A connection that gave no answer may never give one. As it ends, the pool drops it.
  pool.on('release', (_error, client) => {
    const { readyForQuery } = client as unknown as { readyForQuery: boolean }
    if (!readyForQuery || dropped.has(client)) void client.end()
  })
  const notices = createNotices({ pool, connect: () => new pg.Client(options), topic: schema ?? 'public' })
  return { dialect: new PostgresDialect({ pool }), label: 'PostgreSQL', notices }

  /**
   * Of a process that is gone without a word, as when its machine lost power, the database learns hours later; until then
   * what it had locked would hold up all others.
   */
  async function limitStatements(client: ClientBase): Promise<void> {
    const settings = ['statement_timeout', 'idle_in_transaction_session_timeout']
    const limits = settings.map(name => `set ${name} = ${queryTimeoutMs}`)
    await client.query([...limits, awaitDisk].join(';'))
  }
}
