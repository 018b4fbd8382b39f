import { addTag, defineBlock, setField, Type, text } from 'dynablock'

const timeoutSeconds = 900
const Booking = { people: Type.Integer(), day: Type.String() }

/** The input if it is a real day, like 2027-03-25, else null. */
function readDay(input: string | null): string | null {
  const typed = input?.trim() ?? ''
  const day = new Date(`${typed}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(typed) && day.toJSON()?.startsWith(typed) ? typed : null
}

export default defineBlock({
  description: 'Books a table: checks each answer, and asks again until it fits',
  states: {
    day: Type.Pick(Type.Object(Booking), ['people']),
    email: Type.Object(Booking),
    book: Type.Object({ ...Booking, email: Type.String() }),
  },

  open: ({ contact, listen }) => ({
    messages: [text(`Hello ${contact.first_name ?? 'there'}! For how many people is the table?`)],
    external_message_callback: listen('people', undefined, { timeoutSeconds }),
  }),

  steps: {
    people: ({ input, listen }) => {
      const people = Number(input)
      if (!Number.isInteger(people) || people < 1 || people > 12) {
        return {
          messages: [text('A number from 1 to 12, please.')],
          external_message_callback: listen('people', undefined, { timeoutSeconds }),
        }
      }
      return {
        messages: [text('On which day? Write it like 2027-03-25.')],
        external_message_callback: listen('day', { people }, { timeoutSeconds }),
      }
    },

    day: ({ input, state, listen }) => {
      const day = readDay(input)
      if (!day) {
        return {
          messages: [text('I need a day like 2027-03-25.')],
          external_message_callback: listen('day', state, { timeoutSeconds }),
        }
      }
      return {
        messages: [text('And your email address?')],
        external_message_callback: listen('email', { ...state, day }, { timeoutSeconds }),
      }
    },

    email: ({ input, state, listen, menu }) => {
      const email = input?.trim() ?? ''
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
        return {
          messages: [text('That doesn’t look like an email address. Please try again.')],
          external_message_callback: listen('email', state, { timeoutSeconds }),
        }
      }
      return menu(`A table for ${state.people} on ${state.day}, confirmed to ${email}?`, [
        { caption: 'Yes', step: 'book', state: { ...state, email } },
        { caption: 'No', step: 'again' },
      ])
    },

    book: ({ state }) => ({
      messages: [text('Booked! See you then.')],
      actions: [
        setField('Booked for', state.day),
        setField('Party size', state.people),
        setField('Email', state.email),
        addTag('booked'),
      ],
    }),

    again: ({ listen }) => ({
      messages: [text('Let us start again. For how many people?')],
      external_message_callback: listen('people', undefined, { timeoutSeconds }),
    }),
  },
})
