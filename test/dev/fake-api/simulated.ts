/** The fake API with Ana as its contact, and our client calling it. */

import type { Channel } from '../../../src/content/channels.ts'
import { createContact } from '../../../src/dev/conversation/contact.ts'
import { createConversation } from '../../../src/dev/conversation/conversation.ts'
import { createFakeApi, type FakeApiOptions } from '../../../src/dev/fake-api/fake-api.ts'
import { fakeKey } from '../../../src/dev/fake-api/key.ts'
import { createManyChat, type ManyChatOptions } from '../../../src/manychat/client.ts'

export const ana = '9007199254740993123'
export const page = '1234567890123456789'
const startsAt = Date.UTC(2026, 0, 1)

/** Sleeping moves the clock and takes no time. */
export function simulate({ channel = 'messenger', ...options }: Partial<FakeApiOptions> & { channel?: Channel } = {}) {
  const clock = { ms: startsAt }
  const now = () => clock.ms
  const sleep = async (ms: number) => {
    clock.ms += ms
  }
  const api = createFakeApi({ now, sleep, ...options })
  const phone = createConversation({
    channel,
    contact: createContact(channel, { user_refs: ['-1543835812530302162'], email: 'ana@example.com', phone: '+1555' }),
    open: { url: 'http://localhost/blocks/size', headers: {} },
    request: async () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      ms: 1,
      body: '{"version":"v2","content":{"messages":[]}}',
    }),
    now,
  })
  api.subscribers.join(phone)
  return { api, phone, clock, client: clientOf(fakeKey(page)) }

  function clientOf(key: string, more: Partial<ManyChatOptions> = {}) {
    const limits = { reserve: async () => ({ granted: true, waitMs: 0 }) }
    return createManyChat({ key, fetch: api.fetch, limits, allowLoopback: true, ...more } as ManyChatOptions)
  }
}

export function message(text: string, type?: 'instagram') {
  return { version: 'v2' as const, content: { ...(type && { type }), messages: [{ type: 'text' as const, text }] } }
}

/** The error of a call that ManyChat refused with this code. */
export function refusal(platformCode: number) {
  return { code: 'DYN_CALL_REFUSED', platformCode, httpStatus: 400 }
}
