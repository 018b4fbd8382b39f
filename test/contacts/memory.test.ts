/** Blocks that remember their contacts, through the whole server, on both engines. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import t from 'tap'
import { runKeyOf, storeCall } from '../../src/calls/record.ts'
import { createRoomStore } from '../../src/contacts/room-store.ts'
import { defineBlock, Type } from '../../src/index.ts'
import { page } from '../calls/late-server.ts'
import { build } from '../helper.ts'
import { folder, onBoth } from '../store/engines.ts'
import { until } from '../until.ts'
import { counter, createGate, serveRooms } from './serve.ts'

const Count = Type.Object({ count: Type.Integer() })

onBoth('each contact and each block has a memory of its own', async (t, bench) => {
  const { call } = await serveRooms(t, bench, { counter, other: counter })
  t.same([await call('counter'), await call('counter'), await call('counter')], ['1', '2', '3'])
  t.equal(await call('counter', '2'), '1')
  t.equal(await call('other'), '1')
  const again = await serveRooms(t, bench, { counter })
  t.equal(await again.call('counter'), '4', 'another process goes on')
  const { rows } = await bench.store.run(db => sql`select * from memories`.execute(db))
  t.notMatch(JSON.stringify(rows), /count"/, 'it rests encrypted')
})

onBoth('calls of one contact run one at a time, over all replicas', async (t, bench) => {
  const servers = [await serveRooms(t, bench, { counter }), await serveRooms(t, bench, { counter })]
  const calls = Array.from({ length: 60 }, (_, i) => servers[i % 2]?.call('counter', i < 40 ? '1' : '2'))
  const answers = (await Promise.all(calls)).map(Number)
  const sorted = (some: number[]) => some.sort((a, b) => a - b)
  t.same(
    sorted(answers.slice(0, 40)),
    Array.from({ length: 40 }, (_, i) => i + 1),
  )
  t.same(
    sorted(answers.slice(40)),
    Array.from({ length: 20 }, (_, i) => i + 1),
  )
})

onBoth('a call that fails keeps nothing, and the next one has its turn', async (t, bench) => {
  const block = defineBlock({
    memory: { schema: Count, keepDays: 1 },
    fallback: 'It failed',
    open: async ({ memory, remember, extras }) => {
      const known = await memory()
      await remember({ count: (known?.count ?? 0) + 1 })
      if (extras.throws) throw new Error('no')
      if (extras.large) await remember({ count: 1.5 })
      return extras.wrong ? (5 as never) : JSON.stringify(known)
    },
  })
  const { call, logged } = await serveRooms(t, bench, { block })
  for (const extras of [{ throws: true }, { wrong: true }, { large: true }]) {
    t.equal(await call('block', '1', extras), 'It failed')
  }
  t.same(logged(), ['DYN_BLOCK_THREW', 'DYN_REPLY_INVALID', 'DYN_MEMORY_INVALID'])
  t.equal(await call('block', '1', {}), undefined, 'nothing was known')
  t.equal(await call('block', '1', {}), '{"count":1}')
})

onBoth(
  'a late reply is stored with what was remembered, and a call that waits for its turn is late, too',
  async (t, bench) => {
    const gate = createGate()
    const slow = defineBlock({
      ...{ memory: { schema: Count, keepDays: 1 }, waiting: 'One moment' },
      open: async ({ memory, remember, extras }) => {
        const count = ((await memory())?.count ?? 0) + 1
        await remember({ count })
        await gate.pass()
        return extras.silent ? null : `number ${count}`
      },
    })
    const { call, delivered, logged } = await serveRooms(t, bench, { slow }, { replyWithinMs: 30 })
    for (const extras of [{}, { silent: true }, {}]) t.equal(await call('slow', '1', extras), 'One moment')
    await until(() => gate.count() === 1)
    t.equal(gate.count(), 1, 'the others have not begun')
    for (let i = 0; i < 3; i++) {
      await until(() => gate.count() === 1)
      gate.open()
    }
    t.same(await delivered(2), ['number 1', 'number 3'], 'one that shows nothing counts, too')
    t.same(logged(), [])
  },
)

onBoth('a handler that never settles gives its turn up with its time', async (t, bench) => {
  const block = defineBlock({
    ...{ memory: { schema: Count, keepDays: 1 }, waiting: 'One moment', fallback: 'It failed', lateWithinMs: 1000 },
    open: async ({ memory, remember, extras, signal }) => {
      await remember({ count: 7 })
      if (!extras.hangs) return JSON.stringify((await memory()) ?? null)
      return new Promise<string>(() =>
        signal.addEventListener('abort', () => void remember({ count: 8 }).catch(late.push)),
      )
    },
  })
  const late = { errors: [] as unknown[], push: (error: unknown) => void late.errors.push(error) }
  const { call, delivered } = await serveRooms(t, bench, { block }, { replyWithinMs: 30 })
  t.equal(await call('block', '1', { hangs: true }), 'One moment')
  t.same(await delivered(1), ['It failed'])
  await until(() => late.errors.length === 1)
  t.match(late.errors, [{ code: 'DYN_TURN_OVER' }])
  await until(async () => (await call('block')) === '{"count":7}')
})

onBoth('a turn that was lost writes nothing, and its contact gets the fallback', async (t, bench) => {
  const gate = createGate()
  const block = defineBlock({
    ...{ memory: { schema: Count, keepDays: 1 }, waiting: 'One moment', fallback: 'It failed' },
    open: async ({ memory, remember, extras }) => {
      if (extras.look) return JSON.stringify((await memory()) ?? null)
      await remember({ count: 5 })
      await gate.pass()
      return 'done'
    },
  })
  const steal = () => bench.store.run(db => db.updateTable('rooms').set({ turn: 'another', turn_until: 0 }).execute())
  const quick = await serveRooms(t, bench, { block })
  const answered = quick.call('block')
  await until(() => gate.count() === 1)
  await steal()
  gate.open()
  t.equal(await answered, 'It failed')
  t.same(quick.logged(), ['DYN_TURN_LOST'])

  const slow = await serveRooms(t, bench, { block }, { replyWithinMs: 30, platform: quick.platform })
  t.equal(await slow.call('block'), 'One moment')
  await until(() => gate.count() === 1)
  await steal()
  gate.open()
  t.same(await slow.delivered(1), ['It failed'])
  t.match(await bench.queue.list({ state: 'dead' }), [{ kind: 'run', lastError: { code: 'DYN_TURN_LOST' } }])
  t.equal(await quick.call('block', '1', { look: true }), 'null')
})

t.test('where the store is away the contact gets the fallback, of blocks without memory their answer', async t => {
  const plain = defineBlock({ open: () => 'Hello' })
  const { open, lines } = build(t, { blocks: { counter, plain } })
  t.equal((await open('counter')).shown, 'It failed')
  t.equal((await open('plain')).shown, 'Hello')
  t.match(lines('error'), [{ code: 'DYN_STORE_FAILED' }])
})

t.test('a block without memory says so', async t => {
  const plain = defineBlock({
    open: async ({ memory, extras, remember }) => (extras.write ? remember('x' as never) : memory()) as never,
  })
  const { open, lines } = build(t, { blocks: { plain } })
  await open('plain')
  await open('plain', { id: 1, key: 'user:1', write: true })
  t.match(lines('error'), [{ code: 'DYN_MEMORY_MISSING', remedy: /option memory/ }, { code: 'DYN_MEMORY_MISSING' }])
})

t.test('where the store does not take what was remembered within a second, the contact gets the fallback', async t => {
  const options = { dataDir: folder(t) }
  const gate = createGate()
  const block = defineBlock({
    ...{ memory: { schema: Count, keepDays: 1 }, fallback: 'It failed' },
    open: async ({ memory, remember, extras }) => {
      if (extras.look) return JSON.stringify((await memory()) ?? null)
      await remember({ count: 1 })
      await gate.pass()
      return 'done'
    },
  })
  const { call, logged } = await serveRooms(t, { options }, { block })
  const answered = call('block')
  await until(() => gate.count() === 1)
  const other = new Database(join(options.dataDir, 'sends.sqlite'))
  t.teardown(() => other.close())
  other.exec('begin immediate')
  gate.open()
  t.equal(await answered, 'It failed')
  t.same(logged(), ['DYN_MEMORY_NOT_STORED'])
  other.exec('rollback')
  t.equal(await call('block', '1', { look: true }), 'null', 'and it is not remembered later')
})

onBoth('a call whose process ended is run again in its own turn, whatever is left of the lease', async (t, bench) => {
  const call = { id: 'x', block: 'counter', step: null, contact: { id: '1' }, page, input: null, extras: {} }
  const record = storeCall({ ...call, channel: 'messenger' })
  const run = { block: 'counter', page, addressee: '1', call: record, idempotencyKey: runKeyOf('x') }
  await createRoomStore(bench.store).take({ page, contact: '1' }, 'x', 600_000)
  await bench.queue.addRun(run, 'gone')
  const { delivered, call: open } = await serveRooms(t, bench, { counter }, { leaseMs: 200 })
  t.same(await delivered(1), ['1'])
  t.equal(await open('counter'), '2', 'the turn has ended with it')
})
