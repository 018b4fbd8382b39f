/** Formats times for people. */
export function clockTime(ms) {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

export function exactTime(ms) {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** @type {[number, string][]} */
const units = [
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
]

export function duration(ms) {
  const [size, name] = units.find(([size]) => ms >= size) ?? [1, 'millisecond']
  const count = Math.round(ms / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
