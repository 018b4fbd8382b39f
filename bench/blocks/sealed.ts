import { defineBlock, Type, text } from 'dynablock'
import { greet, sizes } from '../wording.ts'

export default defineBlock({
  description: 'One text with three buttons whose state is sealed',
  states: { chosen: Type.Object({ size: Type.String() }) },
  open: ({ contact, tap }) =>
    text(
      greet(contact.first_name),
      sizes.map(size => tap(size, 'chosen', { size })),
    ),
  steps: { chosen: ({ state }) => `${state.size} it is.` },
})
