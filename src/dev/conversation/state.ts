/** All that a conversation is, as plain JSON: it can be saved, and gone on with elsewhere. */
import type { Contact } from '../../blocks/contact.ts'
import type { ExternalMessageCallback } from '../../content/callback.ts'
import type { Channel } from '../../content/channels.ts'
import type { ChatEvent } from './event.ts'
import type { Shown, Tappable } from './screen.ts'

export type Side = 'contact' | 'block'

/** One bubble of the phone. `at` in milliseconds since 1970. */
export interface Bubble {
  id: number
  at: number
  from: Side
  /** Whether it came by the Public API, and not as the answer to a call. */
  late?: true
  message: Shown
}

/** What waits for the contact's next message. */
export interface Listener {
  callback: ExternalMessageCallback
  /** Milliseconds since 1970. */
  until: number
}

export interface Saved {
  version: 1
  channel: Channel
  /** Its `custom_fields` are the fields, its `last_interaction` opens the 24 hours. */
  contact: Contact
  tags: string[]
  bubbles: Bubble[]
  /** Those over the keyboard, until something else is shown. */
  quickReplies: Tappable[]
  listener: Listener | null
  /** The last numbers that were given. */
  lastBubble: number
  lastTappable: number
  events: ChatEvent[]
}

export function createState(channel: Channel, contact: Contact): Saved {
  return {
    version: 1,
    channel,
    contact: structuredClone(contact),
    tags: [],
    bubbles: [],
    quickReplies: [],
    listener: null,
    lastBubble: 0,
    lastTappable: 0,
    events: [],
  }
}
