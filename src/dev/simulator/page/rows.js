import { duration } from './time.js'

/** What the phone shows, in order: bubbles, and notes on what a phone would not show. */
export function rowsOf({ bubbles, events }) {
  const answered = new Set(events.map(event => (event.kind === 'response' ? event.request : 0)))
  const isTyping = events.some(({ kind, id }) => kind === 'request' && !answered.has(id))
  const notes = events.flatMap(event => {
    const note = noteOf(event)
    return note ? [{ kind: 'note', key: `e${event.id}`, at: event.at, ...note }] : []
  })
  const shown = bubbles.map(bubble => ({ kind: 'bubble', key: `b${bubble.id}`, at: bubble.at, bubble }))
  return { rows: [...notes, ...shown].sort((one, other) => one.at - other.at), isTyping }
}

const verbs = { url: 'Opens', call: 'Calls', buy: 'Pays for', flow: 'Goes to the flow', node: 'Goes to the node' }

function noteOf(event) {
  if (event.kind === 'tapped' && event.place === 'button') return { tone: '', text: `Tapped “${event.caption}”` }
  if (event.kind === 'waited') return { tone: 'time', text: `${duration(event.ms)} later` }
  if (event.kind === 'response' && event.why)
    return { tone: 'bad', text: 'The contact sees nothing. The timeline says why.' }
  if (event.kind === 'unheard') {
    const why = event.why === 'expired' ? 'The time to answer was over' : 'No step listens'
    return { tone: 'warn', text: `${why}: ManyChat’s own automation gets this message.` }
  }
  if (event.kind !== 'followed') return undefined
  const href = event.type === 'url' ? event.target : undefined
  return { tone: '', text: `${verbs[event.type]} ${event.target}`, href }
}
