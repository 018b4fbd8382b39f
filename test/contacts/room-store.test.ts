import { createRoomStore } from '../../src/contacts/room-store.ts'
import { sweepRooms } from '../../src/contacts/sweep.ts'
import { createCipher } from '../../src/settings/cipher.ts'
import { onBoth } from '../store/engines.ts'

const room = { page: '1', contact: '7' }
const dayMs = 86_400_000
const memory = { block: 'size', value: 'sealed', sealedBy: 'k', keepMs: 2 * dayMs }
const lost = { code: 'DYN_TURN_LOST' }

onBoth('a turn is one call’s, until it ends or its lease does', async (t, { store }) => {
  const rooms = createRoomStore(store)
  t.equal(await rooms.take(room, 'a', 30_000), true)
  t.equal(await rooms.take(room, 'a', 30_000), true, 'a rerun of the same call goes on')
  t.equal(await rooms.take(room, 'b', 30_000), false)
  t.equal(await rooms.take({ ...room, page: '' }, 'b', 30_000), true, 'another room')
  await rooms.free(room, 'b')
  t.equal(await rooms.take(room, 'c', 30_000), false, 'nobody ends the turn of another')
  await rooms.free(room, 'a')
  t.equal(await rooms.take(room, 'c', 0), true)
  t.equal(await rooms.take(room, 'd', 0), true, 'its lease is over')
  await rooms.renew(['c', 'd'], 30_000)
  t.equal(await rooms.take(room, 'e', 30_000), false, 'its lease was renewed')
  await t.rejects(store.transact(rooms.write(room, 'c', memory)), lost)
  t.equal(await rooms.read(room, 'size'), null, 'a lost turn writes nothing')
  await store.transact(rooms.write(room, 'd', memory))
  t.equal(await rooms.read(room, 'size'), 'sealed')
  await t.rejects(store.transact(rooms.write(room, 'd', null)), lost, 'it has ended')
})

onBoth('an erased room ends all turns but that of the call that erases it', async (t, { store }) => {
  const rooms = createRoomStore(store)
  for (const call of ['a', 'b']) {
    await rooms.take(room, call, 30_000)
    if (call === 'a') await store.transact(rooms.write(room, 'a', memory))
  }
  await store.transact(rooms.erase(room, 'b'))
  t.equal(await rooms.read(room, 'size'), null)
  await store.transact(rooms.write(room, 'b', { ...memory, value: 'anew' }))
  t.equal(await rooms.read(room, 'size'), 'anew')
  await rooms.take(room, 'c', 30_000)
  await store.transact(rooms.erase(room, null))
  await t.rejects(store.transact(rooms.write(room, 'c', memory)), lost)
  t.same(await rooms.list(room), [])
})

onBoth('memory expires after its days, and is deleted; so are rooms in which nothing happens', async (t, bench) => {
  const { store, clock } = bench
  const rooms = createRoomStore(store, clock.now)
  await rooms.take(room, 'a', 30_000)
  await store.transact(rooms.write(room, 'a', memory))
  clock.pass(dayMs)
  await rooms.take(room, 'b', 30_000)
  await store.transact(rooms.write(room, 'b', { ...memory, block: 'other' }))
  clock.pass(dayMs - 1)
  t.match(await rooms.list(room), [{ block: 'other' }, { block: 'size' }])
  clock.pass(1)
  t.equal(await rooms.read(room, 'size'), null)
  t.match(await rooms.list(room), [{ block: 'other' }])
  await rooms.sweep()
  const count = async (table: 'rooms' | 'memories') =>
    (await store.run(db => db.selectFrom(table).selectAll().execute())).length
  t.equal(await count('memories'), 1)
  t.equal(await count('rooms'), 1)
  await rooms.take({ ...room, contact: '8' }, 'c', 30_000)
  await store.run(db => db.updateTable('rooms').set({ updated_at: 0 }).execute())
  await rooms.sweep()
  t.match(await store.run(db => db.selectFrom('rooms').select('contact').execute()), [{ contact: '8' }])
})

onBoth(
  'after a rotation the sweep encrypts with the new key, and loses nothing that a call writes meanwhile',
  async (t, { store }) => {
    const [older, newer, wrong] = ['the older key', 'the newer key', 'no key of ours']
    const rooms = createRoomStore(store)
    const put = async (contact: string, key: string, value?: string) => {
      const cipher = createCipher([key], 'memory')
      const at = { page: '1', contact }
      await rooms.take(at, contact, 30_000)
      const sealed = value ?? cipher.encrypt(`of ${contact}`, JSON.stringify(['1', contact, 'size']))
      await store.transact(rooms.write(at, contact, { ...memory, value: sealed, sealedBy: cipher.keyNames[0] }))
    }
    for (let i = 0; i < 30; i++) await put(String(i), older)
    await put('30', newer)
    await put('31', wrong)
    await put('32', older, 'changed by somebody')
    const rotated = createCipher([newer, older], 'memory')
    const [first] = await rooms.listSealedBy(rotated.keyNames.slice(1))
    await sweepRooms(rooms, rotated)
    const all = await store.run(db => db.selectFrom('memories').selectAll().execute())
    const alone = createCipher([newer], 'memory')
    for (const { contact, value, sealed_by } of all) {
      if (Number(contact) > 30) continue
      t.equal(alone.decrypt(value, JSON.stringify(['1', contact, 'size'])), `of ${contact}`)
      t.equal(sealed_by, alone.keyNames[0])
    }
    if (first) await rooms.reseal(first, 'what it was', 'k')
    t.notOk(
      (await store.run(db => db.selectFrom('memories').selectAll().execute())).some(
        ({ sealed_by }) => sealed_by === 'k',
      ),
    )
    await sweepRooms(rooms, alone)
    t.equal((await rooms.listSealedBy(rotated.keyNames.slice(1))).length, 1, 'what cannot be decrypted stays')
  },
)
