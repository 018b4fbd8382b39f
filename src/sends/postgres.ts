import { PostgresDialect } from 'kysely'
import { createNotices } from './notices.ts'

/** A contact is waiting for the answer that a late reply was taken: better an error than a long silence. */
const connectTimeoutMs = 2000
const queryTimeoutMs = 10_000
const int8 = 20

export async function openPostgres(databaseUrl: string, schema?: string) {
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
    // pg gives strings, for fear of numbers past 2^53; neither times nor ids of sends come near.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) },
  })
  // Whoever uses the connection gets the error too; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', client => client.on('error', () => undefined))
  const notices = createNotices({ pool, connect: () => new pg.Client(options), topic: schema ?? 'public' })
  return { dialect: new PostgresDialect({ pool }), label: 'PostgreSQL', notices }
}
