/** Durations as people type them. */
const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** The seconds in `90`, `90s`, `5m`, `2h` or `1d`; null for any other text. */
export function parseDuration(text: string): number | null {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?) ?([smhd])?$/.exec(text.trim()) ?? []
  return number === undefined ? null : Number(number) * (secondsOf[unit] as number)
}

const names: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day' }

/** Formats seconds in the largest unit that gives a whole number. */
export function formatDuration(seconds: number): string {
  const [unit, size] = Object.entries(secondsOf).findLast(([, size]) => seconds % size === 0) ?? ['s', 1]
  const count = seconds / size
  return `${count} ${names[unit]}${count === 1 ? '' : 's'}`
}
