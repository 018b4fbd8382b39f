/** The contacts that the fake API knows: those of the conversations, and those that it was asked to create. */
import type { Conversation } from '../conversation/conversation.ts'

export type Subscriber = Pick<
  Conversation,
  'screen' | 'contact' | 'addTag' | 'removeTag' | 'setField' | 'changeContact' | 'deliver' | 'startFlow'
>

export type Subscribers = ReturnType<typeof createSubscribers>

export function createSubscribers() {
  const all: Subscriber[] = []
  return { join, leave, find, findByUserRef, of }

  function join(subscriber: Subscriber): void {
    all.push(subscriber)
  }

  function leave(subscriber: Subscriber): void {
    all.splice(all.indexOf(subscriber), 1)
  }

  /** Of several conversations with one contact, the latest. */
  function find(page: string, id: string): Subscriber | undefined {
    return of(page).findLast(subscriber => subscriber.contact.id === id)
  }

  function findByUserRef(page: string, userRef: string): Subscriber | undefined {
    return of(page).findLast(subscriber =>
      subscriber.contact.user_refs?.some(ref => String(typeof ref === 'object' ? ref.user_ref : ref) === userRef),
    )
  }

  /** Those of a page; a key that names no page is good for all. */
  function of(page: string): Subscriber[] {
    return all.filter(subscriber => {
      const own = subscriber.contact.page_id
      return own === page || own == null || !/^\d+$/.test(page)
    })
  }
}
