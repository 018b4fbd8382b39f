import { defineBlock, Type } from 'dynablock'

const answers: Record<string, { question: string; answer: string }> = {
  delivery: { question: 'Delivery', answer: 'We deliver within three days, Monday to Saturday.' },
  returns: { question: 'Returns', answer: 'Send it back within 30 days; we pay for the way.' },
  opening: { question: 'Opening hours', answer: 'The shop is open from 9 to 18, and closed on Sunday.' },
}
const topics = Object.entries(answers)

export default defineBlock({
  description: 'Answers questions, by quick replies or by numbers, whatever the channel has',
  states: { answer: Type.Object({ topic: Type.String() }) },

  open: ({ menu }) =>
    menu(
      'What would you like to know?',
      topics.map(([topic, { question }]) => ({ caption: question, step: 'answer', state: { topic } })),
      { otherwise: 'unclear' },
    ),

  steps: {
    answer: ({ state, menu }) => {
      const others = topics.filter(([topic]) => topic !== state.topic)
      return menu(`${answers[state.topic]?.answer} Anything else?`, [
        ...others.map(([topic, { question }]) => ({ caption: question, step: 'answer' as const, state: { topic } })),
        { caption: 'No, thanks', step: 'done' },
      ])
    },
    done: () => 'You are welcome!',
    unclear: () => 'I only know about delivery, returns and opening hours. A colleague reads your message soon.',
  },
})
