import { defineBlock, text } from 'dynablock'

export default defineBlock({
  description: 'Greets, and takes a message',
  open: ({ contact, tap }) => text(`Hi ${contact.first_name ?? 'there'}!`, [tap('Write to us', 'ask')]),
  steps: {
    ask: ({ listen }) => ({ messages: [text('What is it about?')], external_message_callback: listen('asked') }),
    asked: ({ input }) => `Thanks! We look into “${input ?? 'it'}”.`,
  },
})
