import { defineBlock, Type } from 'dynablock'

const answers: Record<string, { question: string; answer: string }> = {
  delivery: { question: 'Delivery', answer: 'We deliver within three days, Monday to Saturday.' },
  returns: { question: 'Returns', answer: 'Send it back within 30 days; return shipping is free.' },
  opening: { question: 'Opening hours', answer: 'The shop is open from 9 to 18, and closed on Sunday.' },
}
const topics = Object.entries(answers)

export default defineBlock({
  description: 'Answers questions, with quick replies or a numbered list, as the channel allows',
  states: { answer: Type.Object({ topic: Type.String() }) },

  open: ({ menu, choice }) =>
    menu(
      'What would you like to know?',
      topics.map(([topic, { question }]) => choice(question, 'answer', { topic })),
      { otherwise: 'unclear' },
    ),

  steps: {
    answer: ({ state, menu, choice }) => {
      const others = topics.filter(([topic]) => topic !== state.topic)
      return menu(`${answers[state.topic]?.answer} Anything else?`, [
        ...others.map(([topic, { question }]) => choice(question, 'answer', { topic })),
        choice('No, thanks', 'done'),
      ])
    },
    done: () => 'You are welcome!',
    unclear: () => 'I only know about delivery, returns and opening hours. A colleague will read your message soon.',
  },
})
