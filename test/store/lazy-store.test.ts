import t from 'tap'
import { open } from '../../src/sends/open.ts'
import { createLazyStore } from '../../src/store/lazy-store.ts'
import { folder } from './stores.ts'

const rate = { name: 'page/sendContent', perSecond: 25 }

t.test('what a service says of its limit holds for this process, and once the store is open for all', async t => {
  const dataDir = folder(t)
  const log = { warn: () => t.fail(), info: () => t.fail() }
  const doors = [0, 1].map(() => createLazyStore({ open: () => open({ dataDir }), log }))
  const [door, other] = doors as [(typeof doors)[0], (typeof doors)[0]]
  const isRefused = async ({ limits }: typeof door) => !(await limits.reserve([rate], 100)).granted

  await door.limits.slowDown(rate.name, Date.now() + 60_000)
  t.ok(await isRefused(door))
  for (const one of doors) await new Promise<void>(done => one.start(done))
  t.teardown(() => Promise.all(doors.map(one => one.stop())))
  t.notOk(await isRefused(door), 'the store has not heard of it')
  await other.limits.slowDown(rate.name, Date.now() + 60_000)
  t.ok(await isRefused(door))
})
