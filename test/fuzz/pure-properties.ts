/** Properties of single functions for any input. Each throws on the first case that breaks it. */
import fc from 'fast-check'
import { channels } from '../../src/content/channels.ts'
import { checkContent, inspectContent } from '../../src/content/check.ts'
import { DynablockError } from '../../src/errors/errors.ts'
import { parseExact, stringifyExact } from '../../src/json/exact-json.ts'
import { createSeal } from '../../src/webhook/seal.ts'
import { attempt } from './attempt.ts'
import { contacts, replies, wholeContacts } from './corpus.ts'
import { mutated } from './mutation.ts'
import { stateKey } from './server.ts'

export const pureProperties = {
  'ids of every width come in and go out to the digit': fc.property(
    fc.bigInt({ min: 1n, max: 10n ** 19n - 1n }),
    fc.constantFrom(...wholeContacts),
    (id, contact) => {
      const text = contact.replace(/"id": ?"?\d+"?/, `"id":${id}`)
      const value = parseExact(`{"a":[${id},${text}],"b":${id}}`) as { a: unknown[]; b: unknown }
      const { id: read } = value.a[1] as { id?: unknown }
      const all = [value.a[0], value.b, read ?? value.b]
      if (!all.every(given => String(given) === String(id))) throw new Error(`${id} became ${all}`)
      if (stringifyExact({ id }) !== `{"id":${id}}`) throw new Error(`${id} left as ${stringifyExact({ id })}`)
    },
  ),
  'exact JSON reads what JSON.parse reads, and nothing else': fc.property(mutated(contacts), bytes => {
    const text = bytes.toString()
    const [ours, theirs] = [attempt(() => parseExact(text)), attempt(() => JSON.parse(text))]
    if (ours.ok !== theirs.ok) throw new Error(`ours ${ours.ok ? 'reads' : 'refuses'} it, JSON.parse does not`)
    if (ours.ok && theirs.ok && !isSame(ours.value, theirs.value)) throw new Error('ours reads another value')
  }),
  'content is taken or refused with a pointer that leads somewhere': fc.property(
    mutated(replies),
    fc.constantFrom(...channels),
    (bytes, channel) => {
      const content = attempt(() => parseExact(bytes.toString()))
      if (!content.ok) return
      const errors = inspectContent(content.value, { channel }).filter(({ severity }) => severity === 'error')
      const checked = attempt(() => checkContent(content.value as never, { channel }))
      if (checked.ok !== (errors.length === 0)) throw new Error('checkContent and inspectContent disagree')
      if (!checked.ok && !(checked.error instanceof DynablockError)) throw checked.error
      for (const { path } of errors) if (!/^(\/[^/]*)*$/.test(path)) throw new Error(`no JSON pointer: ${path}`)
      if (checked.ok && inspectContent(JSON.parse(stringifyExact(checked.value)), { channel }).some(isError)) {
        throw new Error('what was taken is refused once it was written and read')
      }
    },
  ),
  'a changed seal opens to what was sealed, or not at all': fc.property(fc.nat(), fc.nat(255), (at, byte) => {
    const seal = createSeal({ keys: [stateKey], now: Date.now })
    const claims = { block: 'echo', step: 'again', contact: '7', channel: 'messenger', exp: 4e9 } as const
    const bytes = Buffer.from(seal.sign(claims))
    bytes[at % bytes.length] = byte
    const opened = attempt(() => seal.open(bytes.toString('latin1')))
    // Some bits of a token's last character are unused, so a changed token may still open.
    if (opened.ok && !isSame(opened.value.claims, claims)) throw new Error('it opened to something else')
    if (!opened.ok && !(opened.error instanceof DynablockError)) throw opened.error
  }),
}

function isError({ severity }: { severity: string }): boolean {
  return severity === 'error'
}

/** Equal except for long integers, which are text in one and rounded in the other. */
function isSame(ours: unknown, theirs: unknown): boolean {
  if (typeof theirs === 'number') return ours === theirs || Object.is(Number(ours), theirs)
  if (typeof theirs !== 'object' || theirs === null) return ours === theirs
  if (typeof ours !== 'object' || ours === null) return false
  const keys = Object.keys(theirs)
  return (
    keys.length === Object.keys(ours).length &&
    keys.every(key => Object.hasOwn(ours, key) && isSame((ours as never)[key], (theirs as never)[key]))
  )
}
