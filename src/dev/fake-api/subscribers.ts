/** The contacts that the fake API knows: those of the conversations, and those created through it. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'
import { type Conversation, createConversation } from '../conversation/conversation.ts'
import type { Carry } from '../conversation/wire.ts'

export type Subscriber = Pick<
  Conversation,
  | 'screen'
  | 'contact'
  | 'addTag'
  | 'removeTag'
  | 'setField'
  | 'changeContact'
  | 'deliver'
  | 'startFlow'
  | 'say'
  | 'save'
>

export interface SubscribersOptions {
  /** Milliseconds since 1970. */
  now: () => number
  /** Sends the callbacks of created contacts; by default none is called. */
  request?: Carry
  /** Whether callbacks may use http to this machine; default false. */
  allowLoopback?: boolean
}

export type Subscribers = ReturnType<typeof createSubscribers>

const callNobody: Carry = async () => ({ failed: 'not-called', ms: 0 })

export function createSubscribers({ now, request = callNobody, allowLoopback = false }: SubscribersOptions) {
  const talking = new Set<Subscriber>()
  const created = new Set<Subscriber>()
  const joined = new WeakMap<Subscriber, number>()
  return { join, leave, create, createdAs, find, findByUserRef, of, joinedAt }

  function join(subscriber: Subscriber): void {
    talking.add(subscriber)
    joined.set(subscriber, now())
  }

  function leave(subscriber: Subscriber): void {
    talking.delete(subscriber)
  }

  /** Adds a contact without a conversation. One that has not written yet can't be sent content. */
  function create(contact: Contact, channel: Channel): Subscriber {
    const open = { url: '', headers: {} }
    const subscriber = createConversation({ channel, contact, open, request, now, allowLoopback })
    created.add(subscriber)
    joined.set(subscriber, now())
    return subscriber
  }

  /** The created contact with this id, so that a conversation can continue as this contact. */
  function createdAs(id: string | undefined): Subscriber | undefined {
    return [...created].find(({ contact }) => contact.id === String(id))
  }

  /** If several conversations have the same contact, the latest; they come before a created contact. */
  function find(page: string, id: string): Subscriber | undefined {
    return of(page).find(subscriber => String(subscriber.contact.id) === id)
  }

  function findByUserRef(page: string, userRef: string): Subscriber | undefined {
    return of(page).find(subscriber =>
      subscriber.contact.user_refs?.some(ref => String(typeof ref === 'object' ? ref.user_ref : ref) === userRef),
    )
  }

  /** The contacts of a page, or all of them when the key names no page; each once. */
  function of(page: string): Subscriber[] {
    const byId = new Map<string, Subscriber>()
    for (const subscriber of [...created, ...talking]) {
      const { id, page_id: own } = subscriber.contact
      if (own == null || String(own) === page || !/^\d+$/.test(page)) byId.set(String(id), subscriber)
    }
    return [...byId.values()]
  }

  /** Milliseconds since 1970. */
  function joinedAt(subscriber: Subscriber): number {
    return joined.get(subscriber) as number
  }
}
