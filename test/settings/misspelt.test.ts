import t from 'tap'
import { findMisspelt } from '../../src/settings/misspelt.ts'

t.test('variables that nothing reads are found by the setting that they resemble', async t => {
  t.same(
    findMisspelt({ REPLY_WITHIN: '1', LATE_WITHIN_SM: '2', API_TOKEN: 'x', STATE_KEY_FILE: '/x', MAX_BODIES: '3' }),
    [
      { name: 'REPLY_WITHIN', meant: 'REPLY_WITHIN_MS' },
      { name: 'LATE_WITHIN_SM', meant: 'LATE_WITHIN_MS' },
      { name: 'API_TOKEN', meant: 'API_TOKENS' },
      { name: 'STATE_KEY_FILE', meant: 'STATE_KEYS_FILE' },
      { name: 'MAX_BODIES', meant: 'MAX_BODIES_BYTES' },
    ],
  )
  t.same(
    findMisspelt({ API_TOKENS: 'x', API_TOKEN: 'x', COST: '1', HOSTS: 'a', UPSTREAM: 'u', PATH: '/bin', DOCS_DIR: '' }),
    [],
  )
})
