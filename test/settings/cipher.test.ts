import t from 'tap'
import { createCipher } from '../../src/settings/cipher.ts'

const [first, second] = ['the first key, of 32 characters and more', 'the second key, of 32 characters and more']

t.test('what one key encrypts, it decrypts, and never the same way twice', async t => {
  const cipher = createCipher([first], 'app keys')
  const sealed = cipher.encrypt('a secret ü', 'page 1')
  t.notMatch(sealed, 'secret')
  t.not(sealed, cipher.encrypt('a secret ü', 'page 1'))
  t.equal(cipher.decrypt(sealed, 'page 1'), 'a secret ü')
})

t.test('a key that was replaced still decrypts, and no longer encrypts', async t => {
  const old = createCipher([first], 'app keys').encrypt('a secret', 'page 1')
  const rotated = createCipher([second, first], 'app keys')
  t.equal(rotated.decrypt(old, 'page 1'), 'a secret')
  t.equal(createCipher([second], 'app keys').decrypt(rotated.encrypt('a secret', 'page 1'), 'page 1'), 'a secret')
})

t.test('what was changed, swapped or encrypted by another key is refused', async t => {
  const cipher = createCipher([first], 'app keys')
  const sealed = cipher.encrypt('a secret', 'page 1')
  const changed = sealed.replace(/.$/, last => (last === 'A' ? 'Q' : 'A'))
  const refused = { code: 'DYN_SECRET_UNREADABLE' }
  t.throws(() => cipher.decrypt(changed, 'page 1'), refused)
  t.throws(() => cipher.decrypt(sealed, 'page 2'), refused)
  t.throws(() => cipher.decrypt('', 'page 1'), refused)
  t.throws(() => createCipher([second], 'app keys').decrypt(sealed, 'page 1'), refused)
})

t.test(
  'a key has a name for each purpose, and what is encrypted for one cannot be decrypted for the other',
  async t => {
    const [appKeys, memory] = [createCipher([first], 'app keys'), createCipher([second, first], 'memory')]
    t.match(memory.keyNames, [/^[\w-]{12}$/, /^[\w-]{12}$/])
    t.equal(new Set([...appKeys.keyNames, ...memory.keyNames]).size, 3)
    t.same(createCipher([first], 'memory').keyNames, memory.keyNames.slice(1), 'the same for every process')
    t.throws(() => memory.decrypt(appKeys.encrypt('a secret', 'page 1'), 'page 1'), { code: 'DYN_SECRET_UNREADABLE' })
  },
)
