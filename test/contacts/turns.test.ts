import t from 'tap'
import { createLines } from '../../src/contacts/lines.ts'
import { createTurns } from '../../src/contacts/turns.ts'
import { createError } from '../../src/errors/errors.ts'
import { systemClock } from '../../src/outbound/clock.ts'
import { until } from '../until.ts'

const room = { page: '1', contact: '7' }
const { signal } = new AbortController()

/** A store that answers as the test says, and what it was asked. */
function openStore() {
  const store = {
    asked: [] as string[],
    turn: null as string | null,
    isAway: false,
    take: async (_: unknown, call: string) => {
      ask(`take ${call}`)
      if (store.turn !== null) return false
      store.turn = call
      return true
    },
    free: async (_: unknown, call: string) => {
      ask(`free ${call}`)
      store.turn = null
    },
    renew: async (calls: readonly string[]) => ask(`renew ${calls}`),
  }
  const turns = createTurns({ rooms: () => store, clock: systemClock, leaseMs: 60 })
  return { store, turns }

  function ask(what: string): void {
    store.asked.push(what)
    if (store.isAway) throw createError('DYN_STORE_FAILED', { store: 'it', got: 'away' })
  }
}

t.test('calls of a process take their turns in the order in which they came', async t => {
  const { store, turns } = openStore()
  const order: string[] = []
  const run = async (call: string) => {
    const taken = await turns.take(room, call, signal)
    order.push(call)
    await taken.free()
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(run))
  t.same(order, ['a', 'b', 'c', 'd'])
  t.equal(store.asked.length, 8, 'only the first in line asks the store')
  await turns.settled()
})

t.test('turns are renewed together, as long as they are held, whatever the store says', async t => {
  const { store, turns } = openStore()
  const first = await turns.take(room, 'a', signal)
  store.turn = null
  const second = await turns.take({ ...room, contact: '8' }, 'b', signal)
  await until(() => store.asked.includes('renew a,b'))
  store.isAway = true
  first.ended()
  await until(() => store.asked.includes('renew b'))
  await second.free()
  const { length } = store.asked
  store.isAway = false
  store.turn = null
  await (await turns.take(room, 'c', signal)).free()
  t.same(store.asked.slice(length), ['take c', 'free c'], 'what is over is not renewed')
})

t.test('one who waits can be called off, and those behind go on', async t => {
  const lines = createLines()
  const leave = await lines.join('x', signal)
  const givingUp = new AbortController()
  const order: string[] = []
  const second = lines.join('x', givingUp.signal)
  const third = lines.join('x', signal).then(leave => {
    order.push('third')
    return leave
  })
  givingUp.abort(new Error('given up'))
  await t.rejects(second, { message: 'given up' })
  await t.rejects(lines.join('x', givingUp.signal), { message: 'given up' })
  t.same(order, [], 'the first has not left')
  leave()
  ;(await third)()
  await lines.settled()
  const again = await lines.join('x', signal)
  again()
})

t.test('a turn that another process has is asked for again, until the call is given up', async t => {
  const { store, turns } = openStore()
  store.turn = 'of another process'
  const givingUp = new AbortController()
  const waiting = turns.take(room, 'a', givingUp.signal)
  await until(() => store.asked.length > 3)
  givingUp.abort(new Error('given up'))
  await t.rejects(waiting, { message: 'given up' })
  store.isAway = true
  await t.rejects(turns.take(room, 'b', signal), { code: 'DYN_STORE_FAILED' })
  store.isAway = false
  store.turn = null
  await (await turns.take(room, 'c', signal)).free()
})
