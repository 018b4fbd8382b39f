/** Code that the compiler must accept or refuse. Only `tsc` reads this file; it never runs. */
import size from '../examples/blocks/size.ts'
import { addTag, type Call, type Contact, cards, defineBlock, Type, text } from '../src/index.ts'
import { openChat } from '../src/testing.ts'

export const refusals = defineBlock({
  states: { chosen: Type.Object({ size: Type.String() }) },
  open: ({ tap, tapReply, listen, menu, state }) => {
    const nothing: undefined = state
    // @ts-expect-error: a step that doesn't exist
    tap('Go', 'chosn', { size: 'S' })
    // @ts-expect-error: a step that doesn't exist
    tapReply('Go', 'chosn')
    // @ts-expect-error: a step that doesn't exist
    listen('chosn')
    // @ts-expect-error: a state of the wrong shape
    tap('Go', 'chosen', { size: 5 })
    // @ts-expect-error: a state that lacks a member
    tapReply('Go', 'chosen', {})
    // @ts-expect-error: a state is missing
    tap('Go', 'chosen')
    // @ts-expect-error: a state is missing
    listen('chosen')
    // @ts-expect-error: options are not a state
    listen('chosen', { timeoutSeconds: 60 })
    // @ts-expect-error: a state for a step that has none
    tap('Go', 'plain', { size: 'S' })
    // @ts-expect-error: a time with another unit
    listen('plain', undefined, { timeout: 60 })
    // @ts-expect-error: a step that doesn't exist
    menu('Go?', [{ caption: 'Go', step: 'chosn' }])
    // @ts-expect-error: a state is missing
    menu('Go?', [{ caption: 'Go', step: 'chosen' }])
    // @ts-expect-error: a state of the wrong shape
    menu('Go?', [{ caption: 'Go', step: 'chosen', state: { size: 5 } }])
    // @ts-expect-error: `otherwise` passes no state, so its step can't expect one
    menu('Go?', [{ caption: 'Go', step: 'plain' }], { otherwise: 'chosen' })
    listen('plain', undefined, { timeoutSeconds: 60 })
    listen('plain')
    return menu('Go?', [{ caption: 'Go', step: 'chosen', state: { size: 'S' } }], { otherwise: 'plain' }) ?? nothing
  },
  steps: {
    chosen: ({ state }) => {
      // @ts-expect-error: the state has no such member
      state.colour
      return state.size
    },
    plain: ({ state }) => {
      const nothing: undefined = state
      return nothing
    },
  },
})

// @ts-expect-error: a block needs `open`
defineBlock({})
// @ts-expect-error: a reply of another kind
defineBlock({ open: () => 5 })
// @ts-expect-error: an unknown key in content
defineBlock({ open: () => ({ quickReplies: [] }) })
// @ts-expect-error: an option that doesn't exist
defineBlock({ open: () => 'Hi', replyWithin: 5 })
// @ts-expect-error: a message of a type that doesn't exist
defineBlock({ open: () => ({ messages: [{ type: 'texts', text: 'Hi' }] }) })

/** Every kind of reply. */
export const replies = [
  defineBlock({ open: () => 'Hi' }),
  defineBlock({ open: async () => text('Hi') }),
  defineBlock({ open: () => [text('Hi'), cards([{ title: 'One' }])] }),
  defineBlock({ open: () => ({ actions: [addTag('x')] }) }),
  defineBlock({ open: () => {} }),
  defineBlock({ open: async () => null }),
]

/** The types that a handler's helpers need. */
export function greet({ contact, input }: Pick<Call, 'contact' | 'input'>): string {
  const { id, custom_fields }: Contact = contact
  return `${id} ${input ?? ''} ${custom_fields?.size ?? ''}`
}
// @ts-expect-error: a state of a step that doesn't exist
defineBlock({ states: { gone: Type.Object({}) }, open: () => 'Hello', steps: { here: () => 'Hello' } })

/** Code that a test may contain. */
export async function talk() {
  await using chat = await openChat(size, { channel: 'telegram', contact: { first_name: 'Bo' }, extras: { order: 7 } })
  await chat.tap('Small')
  const text: string | undefined = chat.last?.text
  // @ts-expect-error: an unknown channel
  await openChat(size, { channel: 'sms' })
  // @ts-expect-error: a definition is not a block
  await openChat({ open: () => 'Hi' })
  return text
}

/** What a block remembers is typed by its schema. */
export const remembering = defineBlock({
  memory: { schema: Type.Object({ size: Type.Optional(Type.String()) }), keepDays: 30, migrate: () => ({ size: 'S' }) },
  open: async ({ memory, remember }) => {
    const known = await memory()
    // @ts-expect-error: the memory has no such member
    known?.colour
    // @ts-expect-error: a memory of the wrong shape
    await remember({ size: 5 })
    await remember({ ...known, size: 'S' })
    return known?.size
  },
  steps: {
    again: async ({ memory, forgetContact }) => {
      await forgetContact()
      const size: string | undefined = (await memory())?.size
      return size
    },
  },
})
defineBlock({
  // @ts-expect-error: a memory without a limit
  memory: { schema: Type.Object({}) },
  open: () => 'Hi',
})
defineBlock({
  open: async ({ memory, remember }) => {
    // @ts-expect-error: this block has no option memory
    ;(await memory())?.size
    // @ts-expect-error: this block has no option memory
    await remember({ size: 'S' })
  },
})
