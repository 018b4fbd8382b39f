/** Places for stores, deleted after the test. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { StoreOptions } from '../../src/store/store.ts'

/** The PostgreSQL of the tests, without a password. */
export const databaseUrl = 'postgres://postgres@127.0.0.1:5432/test'

/** A test, or a program with clean-up. */
export interface Owner {
  teardown(undo: () => unknown): void
}

export function folder(t: Owner): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'dynablock-sends-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

export function schemaOptions(t: Owner): StoreOptions & { databaseUrl: string; schema: string } {
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  t.teardown(async () => {
    const client = new pg.Client(databaseUrl)
    await client.connect()
    await client.query(`drop schema if exists ${schema} cascade`)
    await client.end()
  })
  return { dataDir: '/nowhere', databaseUrl, schema }
}

/** As settings name it, which know no schema. */
export function addressOf({ dataDir, databaseUrl, schema }: StoreOptions) {
  const inSchema = databaseUrl && `${databaseUrl}?options=${encodeURIComponent(`-c search_path=${schema}`)}`
  return { dataDir, databaseUrl: inSchema }
}

/** For programs: runs the function, then cleans up in reverse order. */
export async function withOwner<T>(run: (owner: Owner) => Promise<T>): Promise<T> {
  const undos: (() => unknown)[] = []
  try {
    return await run({ teardown: undo => void undos.unshift(undo) })
  } finally {
    for (const undo of undos) await undo()
  }
}
