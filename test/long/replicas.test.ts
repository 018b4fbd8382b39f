/** A short `npm run test:replicas`, without its measurement of speed. */
import t from 'tap'
import { onPostgres } from '../needs.ts'
import { replicas } from '../sends/replicas/replicas.ts'

t.setTimeout(180_000)

t.test('three servers on one store keep the limit and the order of each contact', onPostgres, async t => {
  // On a busy machine, calls sent at a steady rate arrive in bunches. Half the window still tells three limits from one.
  const options = { singles: 75, contacts: 10, sendsPerContact: 6, windowMs: 500, withinMs: 120_000 }
  const counts = await replicas(t, options)
  t.comment(counts)
  t.match(counts, { delivered: 135, 'refused by 429': 0, 'out of order': 0, 'two at once': 0 })
})
