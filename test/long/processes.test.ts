/** Several processes on one store. */

import { delivery } from '../queue/delivery.ts'
import { addOne, countRows, onBoth } from '../store/engines.ts'

interface Done {
  id: number
  addressee: string
  from: number
  to: number
}

onBoth('what was promised is there after kill -9', async (t, { start, queue }) => {
  for (let run = 0; run < 3; run++) {
    const child = start('add')
    for (let heard = 0; heard < 5 + 20 * run; heard++) await child.next()
    child.kill()
    const promised = (await child.ended).flat() as string[]
    t.ok(promised.length >= 10)
    const found = await Promise.all(promised.map(id => queue.get(id)))
    t.ok(found.every(job => job?.state === 'waiting'))
  }
})

onBoth('of a batch that was cut off there is all or nothing', async (t, { start, queue, store }) => {
  const child = start('add')
  await child.next()
  child.kill()
  await child.ended
  t.equal((await countRows(store)) % 2, 0)
  t.ok(await addOne(queue), 'and no lock is left')
})

onBoth(
  'three workers: nothing twice, in order, one at a time for each addressee',
  async (t, { start, store, queue }) => {
    const addressees = Array.from({ length: 20 }, (_, i) => `contact ${i}`)
    const sends = Array.from({ length: 15 }, () => addressees.map(addressee => delivery({ addressee }))).flat()
    await queue.add(sends)
    const workers = [start('work'), start('work'), start('work')]
    const said = (await Promise.all(workers.map(worker => worker.ended))).map(said => said.slice(1) as Done[])
    t.ok(
      said.every(done => done.length > 0),
      'all of them worked',
    )
    const done = said.flat()
    t.equal(done.length, sends.length)
    t.equal(new Set(done.map(({ id }) => id)).size, sends.length)
    for (const addressee of addressees) {
      const his = done.filter(one => one.addressee === addressee).sort((a, b) => a.id - b.id)
      t.equal(his.length, 15)
      t.ok(his.every(({ from }, i) => from > (his[i - 1]?.to ?? 0)))
    }
    t.strictSame((await queue.stats()).byState, [])
    t.equal(await countRows(store), sends.length)
  },
)

onBoth('sends are added while two workers take them', async (t, { start, queue }) => {
  const addressees = ['a', 'b', 'c']
  // Workers end when no send waits, so this one waits until all others have been added.
  const last = await addOne(queue, { notBefore: Date.now() + 3_600_000, addressee: 'last' })
  const workers = [start('work'), start('work')]
  await Promise.all(workers.map(worker => worker.next()))
  const adding = Array.from({ length: 8 }, async () => {
    for (let i = 0; i < 10; i++) await queue.add(addressees.map(addressee => delivery({ addressee })))
  })
  await Promise.all(adding)
  await queue.cancel(last)
  const done = (await Promise.all(workers.map(worker => worker.ended))).flatMap(said => said.slice(1) as Done[])
  t.equal(done.length, 240)
  for (const addressee of addressees) {
    const his = done.filter(one => one.addressee === addressee).sort((a, b) => a.from - b.from)
    t.ok(
      his.every(({ from }, i) => from > (his[i - 1]?.to ?? 0)),
      'never two at once',
    )
  }
})
