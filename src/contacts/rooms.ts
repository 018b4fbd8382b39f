/** What calls need of the rooms of their contacts: a turn, a memory, and to forget. */
import type { CallRecord } from '../calls/record.ts'
import type { Rooms, Turn, TurnOptions } from '../calls/turn.ts'
import { createError } from '../errors/errors.ts'
import type { Within } from '../queue/job.ts'
import type { Cipher } from '../settings/cipher.ts'
import type { Contacts } from './contacts.ts'
import { readMemory, writeMemory } from './memory-value.ts'
import { contextOf, type PageOf, roomOf } from './room.ts'
import type { NewMemory, RoomStore } from './room-store.ts'
import type { Taken, Turns } from './turns.ts'

export interface RoomsOptions {
  /** Throws while the store isn't open. */
  rooms(): Pick<RoomStore, 'read' | 'transact' | 'write'>
  turns: Pick<Turns, 'take'>
  contacts: Pick<Contacts, 'forget'>
  cipher: Cipher
  pageOf: PageOf
}

const dayMs = 86_400_000

export function createRooms({ rooms, turns, contacts, cipher, pageOf }: RoomsOptions): Rooms {
  return { open, forget }

  async function forget(record: CallRecord, ownsTurn = false): Promise<void> {
    // The pages with an App Key are known once the store is open.
    rooms()
    await contacts.forget(roomOf(record, pageOf), { call: record.id, ownsTurn })
  }

  function open(record: CallRecord, { memory: options, signal }: TurnOptions): Turn {
    const { id, block } = record
    let taken: Taken | undefined
    let isOver = false
    /** What was remembered in this turn. */
    let changed: string | undefined
    /** As the store has it; undefined until it was read. */
    let stored: Promise<string | null> | undefined
    return { begin, memory, remember, forget: forgetOwn, commit, write, left, leave }

    async function begin(): Promise<void> {
      rooms()
      taken = await turns.take(roomOf(record, pageOf), id, signal)
      // The call was given up while the store was asked.
      if (isOver) await taken.free()
      requireTurn()
    }

    async function memory(): Promise<unknown> {
      const { room } = requireTurn()
      stored ??= read(room)
      const text = changed ?? (await stored)
      return text === null ? undefined : readMemory(block, options, text)
    }

    async function read(room: Taken['room']): Promise<string | null> {
      const sealed = await rooms().read(room, block)
      try {
        return sealed === null ? null : cipher.decrypt(sealed, contextOf(room, block))
      } catch (cause) {
        throw createError('DYN_MEMORY_UNREADABLE', { block }, { cause })
      }
    }

    async function remember(value: unknown): Promise<void> {
      requireTurn()
      changed = writeMemory(block, options.schema, value)
    }

    async function forgetOwn(): Promise<void> {
      requireTurn()
      await forget(record, true)
      changed = undefined
      stored = Promise.resolve(null)
    }

    async function commit(): Promise<void> {
      await rooms().transact(write)
      left()
    }

    /** Whenever it is tried: a call that was given up meanwhile stores nothing. */
    async function write(db: Parameters<Within>[0]): Promise<void> {
      const { room } = requireTurn()
      await rooms().write(room, id, toStore(room))(db)
    }

    function toStore(room: Taken['room']): NewMemory | null {
      if (changed === undefined) return null
      const value = cipher.encrypt(changed, contextOf(room, block))
      return { block, value, sealedBy: cipher.keyNames[0], keepMs: options.keepDays * dayMs }
    }

    function left(): void {
      isOver = true
      taken?.ended()
    }

    function leave(): void {
      if (isOver) return
      isOver = true
      void taken?.free()
    }

    function requireTurn(): Taken {
      if (taken && !isOver) return taken
      throw createError('DYN_TURN_OVER', { where: `block "${block}"` })
    }
  }
}
