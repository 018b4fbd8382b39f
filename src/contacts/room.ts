import type { CallRecord } from '../calls/record.ts'
import { storable } from '../queue/rows.ts'

/** Where a page and a contact meet: everything that is kept about a contact belongs to a room. */
export interface Room {
  /** Empty where no page is configured. */
  page: string
  contact: string
}

/**
 * The page that a call belongs to; empty where no page is configured.
 *
 * @throws DynablockError `DYN_PAGE_UNKNOWN` when none is named and several come into question
 */
export type PageOf = (named: string | null) => string

export function roomOf({ page, contact }: Pick<CallRecord, 'page' | 'contact'>, pageOf: PageOf): Room {
  return { page: storable(pageOf(page)), contact: storable(contact.id) }
}

/** The same for the same room, and for no other. */
export function keyOf({ page, contact }: Room): string {
  return JSON.stringify([page, contact])
}

/** What is encrypted for one row of a room can't be decrypted as another's. */
export function contextOf({ page, contact }: Room, block: string): string {
  return JSON.stringify([page, contact, block])
}
