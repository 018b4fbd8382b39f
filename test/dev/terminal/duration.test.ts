import t from 'tap'
import { formatDuration, parseDuration } from '../../../src/dev/terminal/duration.ts'

const read: [text: string, seconds: number | null][] = [
  ['90', 90],
  ['90s', 90],
  ['1.5m', 90],
  ['2h', 7200],
  [' 1 d ', 86_400],
  ['0', 0],
  ['', null],
  ['soon', null],
  ['5 minutes', null],
  ['-5m', null],
]
for (const [text, seconds] of read) t.test(`"${text}"`, async t => t.equal(parseDuration(text), seconds))

const written: [seconds: number, text: string][] = [
  [1, '1 second'],
  [90, '90 seconds'],
  [600, '10 minutes'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [0.5, '0.5 seconds'],
]
for (const [seconds, text] of written) t.test(text, async t => t.equal(formatDuration(seconds), text))
