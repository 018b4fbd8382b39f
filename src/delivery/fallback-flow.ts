/**
 * The way to a contact who wrote more than 24 hours ago: each text is put into a custom field of the contact, then a flow
 * is sent whose message shows the field. Only texts can go that way.
 */
import type { Content } from '../content/content.ts'
import type { Card, Message } from '../content/message.ts'
import { fillRow } from '../errors/errors.ts'
import type { JobError } from '../queue/job.ts'
import type { Params } from './operations.ts'

export interface FallbackFlow {
  /** The name of the custom field; one of the contact, never a bot field, which all contacts share. */
  field: string
  /** The `flow_ns` that shows it. */
  flow: string
}

/** How long a flow may take to read the field, before the next text is put into it. */
export const pairSpacingMs = 2000

/** Where the progress stands among the parameters of the send; no parameter of the API has such a name. */
const progressKey = '~fallback'

/** What went out by the fallback flow already. */
export interface Progress {
  /** How many texts. */
  sent: number
}

/** Divides what is stored: what was asked for, and how far its fallback is; null when it takes the usual way. */
export function splitProgress(stored: Params): { params: Params; progress: Progress | null } {
  const { [progressKey]: progress = null, ...params } = stored
  return { params, progress: progress as Progress | null }
}

export function joinProgress(params: Params, progress: Progress): Params {
  return { ...params, [progressKey]: progress }
}

export interface Plan {
  texts: string[]
  /** What can't go that way, for `last_error`; null when everything can. */
  leftOut: JobError | null
}

/** Turns content into texts, in order, and names what is left out; a medium becomes its address. */
export function planFallback(content: Content): Plan {
  const left = new Map<string, number>()
  const texts = content.messages.flatMap(message => {
    const text = tidy([...linesOf(message), ...linesOfButtons(message)].join('\n'))
    if (text === '') leave('empty message', 1)
    return text || []
  })
  leave('action', content.actions?.length ?? 0)
  leave('quick reply', content.quick_replies?.length ?? 0)
  leave('listener', content.external_message_callback ? 1 : 0)
  const got = [...left].map(([what, count]) => `${count} × ${what}`).join(', ')
  const code = 'DYN_SEND_REDUCED'
  return { texts, leftOut: got === '' ? null : { code, message: fillRow(code, { got }).message } }

  function leave(what: string, count: number): void {
    if (count > 0) left.set(what, (left.get(what) ?? 0) + count)
  }

  function linesOfButtons(message: Message | Card): string[] {
    const buttons = ('buttons' in message && message.buttons) || []
    return buttons.flatMap(button => {
      leave('action', ('actions' in button && button.actions?.length) || 0)
      if (button.type === 'url') return `${button.caption}: ${button.url}`
      if (button.type === 'call') return `${button.caption}: ${button.phone}`
      leave(`button of type ${button.type}`, 1)
      return []
    })
  }

  function linesOf(message: Message): string[] {
    if (message.type === 'text') return [message.text]
    if (message.type !== 'cards') return [message.url]
    return message.elements.flatMap(card => [
      ...[card.title, card.subtitle, card.action_url ?? card.image_url].filter(line => line !== undefined),
      ...linesOfButtons(card),
    ])
  }

  /** WhatsApp refuses line breaks and runs of spaces in what fills a template. */
  function tidy(text: string): string {
    return content.type === 'whatsapp' ? text.replace(/\s+/g, ' ').trim() : text.trim()
  }
}
