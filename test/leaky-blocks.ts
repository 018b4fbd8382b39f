/** Blocks that put a contact's words wherever they could leak into a log. */
import { type Block, defineBlock, text } from '../src/index.ts'

export const leakyBlocks: Record<string, Block> = {
  hello: defineBlock({
    open: ({ contact, tap, listen }) => ({
      messages: [text(`Hello ${contact.first_name}`, [tap('Go on', 'next')])],
      external_message_callback: listen('next', undefined, { timeoutSeconds: 60 }),
    }),
    steps: { next: ({ input, contact }) => `${contact.first_name} said ${input}` },
  }),
  throws: defineBlock({
    open: ({ contact, input }) => {
      throw new TypeError(`${contact.first_name}\n    at ${input}`, { cause: new Error(String(contact.email)) })
    },
  }),
  rejects: defineBlock({
    open: async ({ input }) => Promise.reject(Object.assign(new Error(String(input)), { input })),
  }),
  throwsText: defineBlock({
    open: ({ input }) => {
      throw input
    },
  }),
  rubbish: defineBlock({ open: ({ contact }) => new Date(String(contact.first_name)) as never }),
  refused: defineBlock({ open: ({ input }) => ({ messages: [{ type: 'image', url: input }] }) as never }),
  warned: defineBlock({ open: ({ input }) => String(input).repeat(200) }),
  broken: defineBlock({ open: ({ input }) => ({ messages: [{ type: 'txt', text: input, caption: input }] }) as never }),
  asks: defineBlock({
    open: async ({ manychat, contact, input }) => {
      const subscriber_id = contact.id
      await manychat.subscriber.setCustomFieldByName({
        subscriber_id,
        field_name: 'note',
        field_value: input as string,
      })
    },
  }),
  slow: defineBlock({ open: async ({ input }) => later(`Late: ${input}`) }),
  slowAndBroken: defineBlock({
    open: async ({ input }) => later({ messages: [{ type: 'image', url: input }] } as never),
  }),
  slowAndThrowing: defineBlock({ open: async ({ input }) => later(Promise.reject(new Error(String(input)))) }),
}

function later<T>(value: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  setTimeout(() => resolve(value), 100)
  Promise.resolve(value).catch(() => undefined)
  return promise
}
