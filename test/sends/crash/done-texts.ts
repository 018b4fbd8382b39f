import { sql } from 'kysely'
import type { Store } from '../../../src/store/store.ts'

/** Finished sends keep no text: the database itself notes what each said when it was done. Returns what reads the notes. */
export async function noteDoneTexts({ engine, run }: Store): Promise<() => Promise<Set<string>>> {
  const execute = (statement: string) => run(db => sql.raw(statement).execute(db))
  const isDone = `when (new.state = 'done' and old.params is not null)`
  await execute('create table done_params (params text not null)')
  if (engine === 'sqlite') {
    await execute(`create trigger note_done after update on jobs ${isDone}
      begin insert into done_params values (old.params); end`)
  } else {
    await execute(`create function note_done() returns trigger language plpgsql as
      'begin insert into done_params values (old.params); return new; end'`)
    await execute(`create trigger note_done after update on jobs for each row ${isDone} execute function note_done()`)
  }
  return async () => {
    const { rows } = await run(db => sql<{ params: string }>`select params from done_params`.execute(db))
    return new Set(rows.map(({ params }) => JSON.parse(params).data.content.messages[0].text))
  }
}
