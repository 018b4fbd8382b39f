import { addTag, defineBlock, Type, text } from 'dynablock'

export default defineBlock({
  description: 'Asks for a size, then for a name',
  states: {
    named: Type.Object({ size: Type.String() }),
    chosen: Type.Object({ size: Type.String() }),
  },
  open: ({ contact, tap }) => ({
    messages: [
      text(`Hi ${contact.first_name ?? 'there'}! Which size?`, [
        tap('Small', 'chosen', { size: 'S' }),
        tap('Large', 'chosen', { size: 'L' }),
      ]),
    ],
  }),
  steps: {
    chosen: ({ state, listen }) => ({
      messages: [text(`${state.size} it is. And your name?`)],
      external_message_callback: listen('named', state, { timeoutSeconds: 600 }),
    }),
    named: ({ input, state }) => ({
      messages: [text(`Thanks ${input}, your ${state.size} is on its way.`)],
      actions: [addTag('ordered')],
    }),
  },
})
