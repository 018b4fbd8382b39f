import { defineBlock } from '../../../src/blocks/define.ts'
import { text } from '../../../src/content/message.ts'
import { Type } from '../../../src/index.ts'

/** Uses a button, a listener of ten minutes, and a tag. */
export const size = defineBlock({
  description: 'Asks for a size',
  states: { named: Type.Object({ size: Type.String() }) },
  open: ({ tap, contact }) => text(`Hi ${contact.first_name}`, [tap('Small', 'chosen')]),
  steps: {
    chosen: ({ listen }) => ({
      messages: [text('Your name?')],
      external_message_callback: listen('named', { size: 'S' }, { timeoutSeconds: 600 }),
    }),
    named: ({ input, state }) => ({
      messages: [text(`${input}: ${state.size}`)],
      actions: [{ action: 'add_tag', tag_name: 'ordered' }],
    }),
  },
})
