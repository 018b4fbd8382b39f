/** Events as entries of the timeline, latest first. Each exchange is one entry, as are tags and fields changed together. */
export function entriesOf({ saved, calls }) {
  const entries = []
  const exchanges = new Map()
  for (const event of saved.events) {
    if (event.kind === 'request') {
      const entry = { ...event, kind: 'exchange' }
      exchanges.set(event.id, entry)
      entries.push(entry)
    } else if (event.kind === 'response') {
      const entry = exchanges.get(event.request)
      if (entry) entry.response = event
    } else if (event.kind === 'tag' || event.kind === 'field') {
      addChange(entries, event)
    } else if (event.kind !== 'shown') entries.push(event)
  }
  const own = entries.map(entry => ({ ...entry, key: `e${entry.id}` }))
  const others = calls.map((call, index) => ({ ...call, kind: 'call', key: `c${call.at}.${index}` }))
  return [...own, ...others].sort((one, other) => other.at - one.at || own.indexOf(other) - own.indexOf(one))
}

function addChange(entries, event) {
  const last = entries.at(-1)
  if (last?.kind === 'changes' && last.by === event.by && event.at - last.at < 50) last.changes.push(event)
  else entries.push({ kind: 'changes', id: event.id, at: event.at, by: event.by, changes: [event] })
}
