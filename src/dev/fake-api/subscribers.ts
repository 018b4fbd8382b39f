/** The contacts that the fake API knows: those of the conversations, and those created through it. */
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

  /** If several conversations have the same contact, the latest. */
  function find(page: string, id: string): Subscriber | undefined {
    return of(page).findLast(subscriber => subscriber.contact.id === id)
  }

  function findByUserRef(page: string, userRef: string): Subscriber | undefined {
    return of(page).findLast(subscriber =>
      subscriber.contact.user_refs?.some(ref => String(typeof ref === 'object' ? ref.user_ref : ref) === userRef),
    )
  }

  /** The contacts of a page, or all of them when the key names no page. */
  function of(page: string): Subscriber[] {
    return all.filter(subscriber => {
      const own = subscriber.contact.page_id
      return own === page || own == null || !/^\d+$/.test(page)
    })
  }
}
