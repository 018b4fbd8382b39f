import { duration } from './time.js'

/** The rows of the phone in order of time: messages, and notes about things that a real phone doesn't show. */
export function rowsOf({ bubbles, events }) {
  const answered = new Set(events.map(event => (event.kind === 'response' ? event.request : 0)))
  const isTyping = events.some(({ kind, id }) => kind === 'request' && !answered.has(id))
  const own = bubbles.filter(({ from }) => from === 'contact')
  const rows = events.flatMap(event => {
    const note = noteOf(event)
    return [...bubblesOf(event).map(toRow), ...(note ? [{ kind: 'note', key: `e${event.id}`, ...note }] : [])]
  })
  return { rows, isTyping }

  function bubblesOf(event) {
    if (event.kind === 'shown') return bubbles.filter(({ id, from }) => from === 'block' && event.bubbles.includes(id))
    // The contact's messages have no `shown` event. Each written message and each tapped quick reply has one.
    const isOwn = event.kind === 'said' || (event.kind === 'tapped' && event.place === 'quick-reply')
    return isOwn ? own.splice(0, 1) : []
  }
}

function toRow(bubble) {
  return { kind: 'bubble', key: `b${bubble.id}`, bubble }
}

const verbs = { url: 'Opens', call: 'Calls', buy: 'Pays for', flow: 'Goes to the flow', node: 'Goes to the node' }

function noteOf(event) {
  if (event.kind === 'tapped' && event.place === 'button') return { tone: '', text: `Tapped “${event.caption}”` }
  if (event.kind === 'waited') return { tone: 'time', text: `${duration(event.ms)} later` }
  if (event.kind === 'response' && event.why)
    return { tone: 'bad', text: 'The contact sees nothing. The timeline says why.' }
  if (event.kind === 'unheard') {
    const why = event.why === 'expired' ? 'The listener had expired' : 'No step listens'
    return { tone: 'warn', text: `${why}: ManyChat’s own automation handles this message.` }
  }
  if (event.kind !== 'followed') return undefined
  const href = event.type === 'url' ? event.target : undefined
  return { tone: '', text: `${verbs[event.type]} ${event.target}`, href }
}
