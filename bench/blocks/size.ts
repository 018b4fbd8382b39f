import { defineBlock, flowButton, text, urlButton } from 'dynablock'
import { adviceFlow, greet, shopUrl } from '../wording.ts'

export default defineBlock({
  description: 'One text with two buttons that need no state',
  open: ({ contact }) =>
    text(greet(contact.first_name), [urlButton('Size chart', shopUrl), flowButton('Help me choose', adviceFlow)]),
})
