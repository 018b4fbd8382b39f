/** A conversation with a server whose answers the test sets. */
import type { Channel } from '../../../src/content/channels.ts'
import { createContact } from '../../../src/dev/conversation/contact.ts'
import { type ConversationOptions, createConversation } from '../../../src/dev/conversation/conversation.ts'
import type { WireRequest, WireResponse } from '../../../src/dev/conversation/wire.ts'

export const url = 'https://server.test/blocks/size'
const startsAt = Date.UTC(2026, 0, 1)

/** An answer with v2 content that ManyChat accepts. */
export function v2(content: object, over: object = {}): WireResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: JSON.stringify({ version: 'v2', content }), ms: 5, ...over }
}

export const says = (text: string, more: object = {}) => v2({ messages: [{ type: 'text', text }], ...more })

/** A callback as it appears in content. */
export function callback(step: string, more: object = {}) {
  const payload = { step, user_id: '{{user_id}}', input: '{{last_input_text}}' }
  return { url: `${url}/${step}`, method: 'post', payload, ...more }
}

export const button = (caption: string, step: string, more: object = {}) => ({
  type: 'dynamic_block_callback',
  caption,
  ...callback(step, more),
})

export function talk(channel: Channel, answers: WireResponse[], options: Partial<ConversationOptions> = {}) {
  const clock = { ms: startsAt }
  const heard: WireRequest[] = []
  const conversation = createConversation({
    channel,
    contact: createContact(channel),
    open: { url, headers: { authorization: 'Bearer a secret' } },
    request: async request => {
      heard.push(request)
      return answers.shift() ?? v2({ messages: [] })
    },
    now: () => clock.ms,
    ...options,
  })
  return { conversation, clock, heard, answers, body, texts, kinds, last }

  /** The body of the latest request. */
  function body(): Record<string, unknown> {
    return JSON.parse(heard.at(-1)?.body ?? '')
  }

  function texts(): string[] {
    return conversation.screen().bubbles.flatMap(({ message }) => ('text' in message ? message.text : message.type))
  }

  function kinds(): string[] {
    return conversation.events.map(({ kind }) => kind)
  }

  /** The latest event of a kind. */
  function last(kind: string) {
    return conversation.events.findLast(event => event.kind === kind)
  }
}
