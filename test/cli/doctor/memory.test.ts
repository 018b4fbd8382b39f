import t from 'tap'
import { examineMemory } from '../../../src/cli/doctor/memory.ts'
import { examineStore } from '../../../src/cli/doctor/store.ts'
import { createRoomStore } from '../../../src/contacts/room-store.ts'
import { sweepRooms } from '../../../src/contacts/sweep.ts'
import { createCipher } from '../../../src/settings/cipher.ts'
import { addressOf, onBoth } from '../../store/engines.ts'

const [older, newer] = ['the older key of this test', 'the newer key of this test']

onBoth('the doctor says when no memory needs an old key', async (t, { store, options }) => {
  const rooms = createRoomStore(store)
  const cipher = createCipher([older], 'memory')
  for (const contact of ['1', '2']) {
    const value = cipher.encrypt('{}', JSON.stringify(['1', contact, 'size']))
    const memory = { block: 'size', value, sealedBy: cipher.keyNames[0], keepMs: 100_000 }
    await rooms.take({ page: '1', contact }, 'a', 1000)
    await store.transact(rooms.write({ page: '1', contact }, 'a', memory))
  }
  const examine = async (...keys: string[]) => examineMemory((await examineStore(addressOf(options))).memories, keys)
  t.match(await examine(older), [{ check: 'memory', level: 'ok', got: '2 memories' }])
  t.match(await examine(newer, older), [{ level: 'warning', subject: 'key 2 of STATE_KEYS', got: '2 memories' }])
  t.match(await examine(newer), [{ level: 'problem', got: '2 memories of another key', remedy: /^Put the old key/ }])
  await sweepRooms(rooms, createCipher([newer, older], 'memory'))
  t.match(await examine(newer, older), [
    { level: 'ok', got: '2 memories' },
    { level: 'ok', subject: 'key 2 of STATE_KEYS', got: /may go/ },
  ])
})

t.test('where nothing is remembered there is nothing to say', async t => {
  t.same(examineMemory([], []), [])
  t.same(examineMemory([], [newer]), [])
  const { keyNames } = createCipher([newer], 'memory')
  t.match(examineMemory([{ sealed_by: keyNames[0], count: 1 }], [newer]), [{ got: '1 memory' }])
})
