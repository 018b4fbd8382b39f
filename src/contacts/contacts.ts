/** Everything that the store holds about a contact: to be shown, and to be erased. */
import { runKeyOf } from '../calls/record.ts'
import type { Queue } from '../queue/job.ts'
import type { Cipher } from '../settings/cipher.ts'
import type { Store } from '../store/store.ts'
import { type ContactView, showJob, showMemory } from './contact-view.ts'
import { type PageOf, type Room, roomOf } from './room.ts'
import type { RoomStore } from './room-store.ts'

export interface ContactsOptions {
  /** Throws while the store isn't open. */
  opened(): {
    queue: Pick<Queue, 'listOf' | 'forget'>
    rooms: Pick<RoomStore, 'list' | 'erase'>
    store: Pick<Store, 'scrub'>
  }
  cipher: Cipher
  pageOf: PageOf
}

export interface ForgetOptions {
  /** The call that erases its own contact: its late reply is not cancelled. */
  call: string
  /** Whether the call has the room's turn, and keeps it. */
  ownsTurn: boolean
}

export type Contacts = ReturnType<typeof createContacts>

export function createContacts({ opened, cipher, pageOf }: ContactsOptions) {
  return { show, forget, find }

  /** The room of a contact. @throws DynablockError `DYN_PAGE_UNKNOWN`, `DYN_STORE_FAILED` */
  function find(contact: string, page: string | null): Room {
    // The pages with an App Key are known once the store is open.
    opened()
    return roomOf({ page, contact: { id: contact } }, pageOf)
  }

  async function show(room: Room): Promise<ContactView> {
    const { queue, rooms } = opened()
    const { page, contact } = room
    const [memories, jobs] = await Promise.all([
      rooms.list(room),
      queue.listOf({ addressee: contact, pages: pagesOf(page) }),
    ])
    return {
      contact,
      page: page || null,
      memory: memories.map(memory => showMemory(memory, cipher)),
      jobs: jobs.map(showJob),
    }
  }

  /** Erases everything, and cancels what waits. */
  async function forget(room: Room, own?: ForgetOptions): Promise<void> {
    const { queue, rooms, store } = opened()
    const { page, contact } = room
    const erase = rooms.erase(room, own?.ownsTurn ? own.call : null)
    await queue.forget({ addressee: contact, pages: pagesOf(page) }, own ? runKeyOf(own.call) : null, erase)
    await store.scrub()
  }

  /** Late replies of an earlier release to calls that name no page have none; those of this one do. */
  function pagesOf(page: string): (string | null)[] {
    return [...(page === '' ? [] : [page]), ...(isOfNameless(page) ? [null] : [])]
  }

  function isOfNameless(page: string): boolean {
    try {
      return page === '' || pageOf(null) === page
    } catch {
      return false
    }
  }
}
