import { addTag, cards, defineBlock, image, setField, Type, text, urlButton } from 'dynablock'

const Said = Type.Object({ said: Type.Union([Type.String(), Type.Null()]), extras: Type.Unknown() })

/** Puts its input into every part of an answer. */
export default defineBlock({
  states: { again: Said },
  open: ({ contact, input, extras, tap, tapReply, listen, channel }) => ({
    messages: [
      text(`Hi ${contact.first_name}, ${input}`, [
        tap('Again', 'again', { said: input, extras }),
        urlButton(String(contact.last_name ?? 'More'), String(contact.profile_pic ?? 'https://example.com')),
      ]),
      ...(channel === 'messenger' ? [cards([{ title: String(contact.name), subtitle: String(contact.status) }])] : []),
      ...(contact.profile_pic ? [image(String(contact.profile_pic))] : []),
    ],
    actions: [setField('said', input ?? 0), addTag(String(contact.language ?? 'none'))],
    ...(channel === 'messenger' && { quick_replies: [tapReply('Again', 'again', { said: input, extras })] }),
    external_message_callback: listen('again', { said: input, extras }),
  }),
  steps: {
    again: ({ input, state, contact, menu }) =>
      menu(`${contact.id} said ${input} after ${state.said}`, [
        { caption: 'One', step: 'again', state },
        { caption: 'Two', step: 'again', state },
      ]),
  },
})
