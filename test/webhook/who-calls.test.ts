/** Each case of `fixtures/contacts/calls`: a body, and who calls, what they said and where, or why it is refused. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { DynablockError } from '../../src/errors/errors.ts'
import { readBody } from '../../src/webhook/body.ts'
import { openedBy } from '../../src/webhook/contact.ts'
import { build } from '../helper.ts'

interface Case {
  why: string
  body: unknown
  id?: string
  first_name?: string | null
  input?: string | null
  channel?: string
  extras?: Record<string, unknown>
  remarks?: number
  refused?: string
  at?: string
}

const folder = 'fixtures/contacts/calls'
const openBody = (body: unknown) => openedBy(readBody(JSON.stringify(body)), { id: 'call', block: 'block' })

for (const file of readdirSync(folder)) {
  t.test(file, async t => {
    const cases: Case[] = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
    for (const { why, body, refused, at, remarks, ...expected } of cases) {
      if (refused !== undefined) {
        t.throws(() => openBody(body), { code: refused, ...(at && { got: at }) }, why)
        continue
      }
      const { record, remarks: found } = openBody(body)
      const { contact, input, channel, extras } = record
      const { id, first_name } = contact
      t.match({ id, first_name, input, channel, extras }, expected, why)
      t.equal(found.length, remarks ?? 0, `${why}: remarks`)
    }
  })
}

t.test('what a contact writes never becomes who they are, under whatever key it is inserted', async t => {
  const somebody = { id: '666', key: 'user:666', page_id: '1', subscribed: 'now', custom_fields: {} }
  const keys = new Set(
    readdirSync(folder).flatMap(file =>
      (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Case[]).flatMap(({ body }) =>
        Object.keys(body as object),
      ),
    ),
  )
  t.ok(keys.size > 40)
  const written = ['666', JSON.stringify(somebody), JSON.stringify({ contact: somebody }), '{"subscriber_id":"666"}']
  for (const key of keys) {
    if (key === 'contact') continue
    for (const text of written) {
      const body = { contact: { id: '42', key: 'user:42', first_name: 'Ana' }, [key]: text }
      try {
        t.equal(openBody(body).record.contact.id, '42', `${key}: ${text}`)
      } catch (error) {
        t.equal((error as DynablockError).code, 'DYN_CONTACT_AMBIGUOUS', `${key}: ${text}`)
      }
    }
  }
})

t.test('the nearest right name is told', async t => {
  const code = 'DYN_CONTACT_MISSING'
  for (const [key, name] of [
    ['subscriberid', 'subscriber_id'],
    ['subscribr_id', 'subscriber_id'],
    ['USER_ID', 'user_id'],
    ['contactID', 'contact_id'],
  ] as const) {
    t.throws(() => openBody({ [key]: '5' }), {
      code,
      got: `an object with "${key}"; did you mean "${name}" by "${key}"?`,
    })
  }
  t.throws(() => openBody({ order_number: '5' }), { code, got: 'an object with "order_number"' })
  t.throws(() => openBody({ user_id: '{{user_id}}' }), { code, got: /whose "user_id" was empty or not rendered/ })
})

t.test('a remark is logged, and told in development', async t => {
  const { open, log } = build(t, { config: { dev: true } })
  const { status, headers } = await open('hello', '{"contact":"{\\"id\\":7,\\"first_name\\":\\"canary\\"}"}')
  t.equal(status, 200)
  t.match(
    headers['x-dynablock-problem'],
    /^body: "contact" is a text that holds JSON\. In the Body tab, remove the quotes/,
  )
  t.match(log.join(''), /"contact\\" is a text/)
  t.notMatch(log.join(''), /canary/)
})
