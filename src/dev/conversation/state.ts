/** The whole state of a conversation as plain JSON: it can be saved, and continued elsewhere. */
import type { Contact } from '../../blocks/contact.ts'
import type { ExternalMessageCallback } from '../../content/callback.ts'
import type { Channel } from '../../content/channels.ts'
import type { ChatEvent } from './event.ts'
import type { Shown, Tappable } from './screen.ts'

export type Side = 'contact' | 'block'

/** One message on the phone. `at` in milliseconds since 1970. */
export interface Bubble {
  id: number
  at: number
  from: Side
  /** Present when it came through the Public API, not as the answer to a call. */
  late?: true
  message: Shown
}

/** A callback waiting for the contact's next message. */
export interface Listener {
  callback: ExternalMessageCallback
  /** Milliseconds since 1970. */
  until: number
}

export interface Saved {
  version: 1
  channel: Channel
  /** `custom_fields` holds the fields; the 24-hour window starts at `last_interaction`. */
  contact: Contact
  tags: string[]
  bubbles: Bubble[]
  /** Shown above the keyboard until the next message. */
  quickReplies: Tappable[]
  listener: Listener | null
  /** The last ids assigned. */
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
