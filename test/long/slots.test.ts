/** Several processes on one limit. */
import { onBoth } from '../store/engines.ts'

interface Slot {
  at: number
  isLate: boolean
}

onBoth('three processes use the whole of a line, and no more', async (t, { start }) => {
  const children = [start('call', '34'), start('call', '33'), start('call', '33')]
  await Promise.all(children.map(child => child.next()))
  const said = await Promise.all(children.map(child => child.ended))
  const slots = said.flatMap(said => said.slice(1) as Slot[]).sort((a, b) => a.at - b.at)
  const times = slots.filter(({ isLate }) => !isLate).map(({ at }) => at)
  t.equal(times.length, 100)
  const most = Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length))
  t.ok(most <= 25, `${most} in a second`)
  const seconds = ((slots.at(-1)?.at ?? 0) - (slots[0]?.at ?? 0)) / 1000
  t.comment(`${slots.length} slots in ${seconds.toFixed(2)} s, ${slots.length - 100} missed by a busy machine`)
  t.ok((slots.length - 1) / seconds >= 0.9 * 25)
})
