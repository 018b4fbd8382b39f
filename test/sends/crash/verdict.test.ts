import t from 'tap'
import type { Delivery } from '../recording-platform.ts'
import { judge, type Kill, type Message } from './verdict.ts'

const promised = (text: string, kind: Message['kind'] = 'send'): Message => ({
  text,
  contact: 'ana',
  kind,
  isPromised: true,
})
const arrived = (text: string, at: number, endedAt: number | null = at + 10, key = '0'): Delivery => ({
  page: '7',
  key,
  contact: 'ana',
  text,
  body: '',
  at,
  endedAt,
})
const killed = (at: number, ...done: string[]): Kill => ({ at, done: new Set(done) })

t.test('what was promised and did not arrive is lost; the rest is not', async t => {
  const messages = [promised('a'), promised('b', 'late'), { ...promised('c'), isPromised: false }]
  t.match(judge(messages, [arrived('a', 0)], [], new Set()), { accepted: 1, acknowledged: 1, delivered: 1, lost: 1 })
})

t.test('twice is excused by a death or a break in between that left no time to record it', async t => {
  const twice = (first: Delivery, kills: Kill[], isBroken = false) =>
    judge([promised('a')], [first, arrived('a', 5000, 5010, '1')], kills, new Set(isBroken ? [first] : []))
  const otherwise = { 'twice otherwise': 1, 'twice, outcome unknown': 0 }
  const excused = { 'twice otherwise': 0, 'twice, outcome unknown': 1 }
  t.match(twice(arrived('a', 0), []), otherwise)
  t.match(twice(arrived('a', 0), [], true), excused)
  t.match(twice(arrived('a', 0, null), [killed(1)]), excused)
  t.match(twice(arrived('a', 0), [killed(500)]), excused)
  t.match(twice(arrived('a', 0), [killed(500, 'a')]), otherwise, 'it was recorded')
  t.match(twice(arrived('a', 0), [killed(2000)]), otherwise, 'there was time to record it')
  t.match(twice(arrived('a', 501, null), [killed(500)]), excused, 'read behind the death')
  t.match(twice(arrived('a', 0, 10, '1'), [killed(500)]), otherwise, 'by the same process')
})

t.test('first deliveries to a contact are in the order in which they were asked for', async t => {
  const messages = [promised('a'), promised('b'), promised('c')]
  const inOrder = [arrived('a', 0), arrived('b', 1), arrived('a', 2), arrived('c', 3)]
  t.match(judge(messages, inOrder, [], new Set()), { 'out of order': 0 })
  t.match(judge(messages, [arrived('b', 0), arrived('a', 1), arrived('c', 2)], [], new Set()), { 'out of order': 1 })
})
