import { type Static, Type } from '@sinclair/typebox'
import { parseWritten } from '../json/exact-json.ts'
import { type Job, JobKind, JobState } from '../queue/job.ts'
import type { Cipher } from '../settings/cipher.ts'
import { contextOf } from './room.ts'
import type { KeptMemory } from './room-store.ts'

const Time = Type.String({ format: 'date-time' })

/** Everything that is held about a contact. */
export const ContactView = Type.Object(
  {
    contact: Type.String(),
    page: Type.Union([Type.String(), Type.Null()], { description: 'null where no page is configured.' }),
    memory: Type.Array(
      Type.Object({
        block: Type.String(),
        value: Type.Unknown({ description: 'null where STATE_KEYS no longer decrypt it.' }),
        updated_at: Time,
        expires_at: Time,
      }),
      { description: 'What each block remembers.' },
    ),
    jobs: Type.Array(
      Type.Object({
        id: Type.String(),
        kind: JobKind,
        state: JobState,
        operation: Type.String(),
        params: Type.Unknown({ description: 'What is sent; null when that is over.' }),
        call: Type.Unknown({ description: 'The call of a late reply; null when that is over.' }),
        not_before: Time,
        created_at: Time,
      }),
      { description: 'Sends and late replies; those that still have a text come first. At most 1000.' },
    ),
  },
  { title: 'KnownContact' },
)
export type ContactView = Static<typeof ContactView>

export function showMemory(memory: KeptMemory, cipher: Cipher): ContactView['memory'][number] {
  const { block, value, updated_at, expires_at } = memory
  return {
    block,
    value: readOr(null, () => cipher.decrypt(value, contextOf(memory, block))),
    updated_at: new Date(updated_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
  }
}

export function showJob({
  id,
  kind,
  state,
  operation,
  params,
  call,
  notBefore,
  createdAt,
}: Job): ContactView['jobs'][number] {
  return {
    id,
    kind,
    state,
    operation,
    params,
    call: readOr(call, () => call ?? 'null'),
    not_before: new Date(notBefore).toISOString(),
    created_at: new Date(createdAt).toISOString(),
  }
}

/** What can't be read must not hide the rest. */
function readOr(otherwise: string | null, text: () => string): unknown {
  try {
    return parseWritten(text())
  } catch {
    return otherwise
  }
}
