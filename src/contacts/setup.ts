/** What is known about contacts, put together. */
import type { Rooms } from '../calls/turn.ts'
import type { Clock } from '../outbound/clock.ts'
import type { Queue } from '../queue/job.ts'
import { createCipher } from '../settings/cipher.ts'
import type { Store } from '../store/store.ts'
import { type Contacts, createContacts } from './contacts.ts'
import type { PageOf } from './room.ts'
import type { RoomStore } from './room-store.ts'
import { createRooms } from './rooms.ts'
import { sweepRooms } from './sweep.ts'
import { createTurns } from './turns.ts'

export interface ContactsSetup {
  /** Throws while the store isn't open. */
  opened(): { queue: Pick<Queue, 'listOf' | 'forget'>; rooms: RoomStore; store: Pick<Store, 'scrub'> }
  stateKeys: readonly string[]
  pageOf: PageOf
  clock: Clock
  leaseMs: number
}

export interface KnownContacts {
  rooms: Rooms
  contacts: Contacts
  /** Deletes what has expired, and encrypts with the first of STATE_KEYS what others did. */
  sweep(): Promise<void>
  /** Resolves when no call has a turn. */
  settled(): Promise<void>
}

export function setUpContacts({ opened, stateKeys, pageOf, clock, leaseMs }: ContactsSetup): KnownContacts {
  const cipher = createCipher(stateKeys, 'memory')
  const rooms = () => opened().rooms
  const turns = createTurns({ rooms, clock, leaseMs })
  const contacts = createContacts({ opened, cipher, pageOf })
  return {
    rooms: createRooms({ rooms, turns, contacts, cipher, pageOf }),
    contacts,
    sweep: () => sweepRooms(rooms(), cipher),
    settled: turns.settled,
  }
}
