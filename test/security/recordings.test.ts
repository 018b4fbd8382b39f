import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Contact } from '../../src/blocks/contact.ts'
import { createFakes } from '../../src/dev/record/fakes.ts'
import { createMask } from '../../src/dev/record/mask.ts'

interface Canaries {
  people: { first_name: string; last_name: string; said: Record<string, string[]> }[]
  phones: string[]
  mails: string[]
}

const folder = join(import.meta.dirname, '../../fixtures/canaries')
const corpus = readdirSync(folder).map(file => ({
  script: file.replace('.json', ''),
  ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Canaries),
}))

t.test('F1: no name, number or address of the canaries is in a recording, in any of 15 scripts', async t => {
  t.equal(corpus.length, 15)
  const counts = corpus.map(({ people, phones, mails }) => 2 * people.length + phones.length + mails.length)
  t.ok(counts.reduce((sum, count) => sum + count) >= 200, '200 canaries')
  for (const { script, people, phones, mails } of corpus) {
    t.test(script, async t => {
      for (const { said, ...names } of people) {
        const mask = maskOf({ ...names, name: `${names.first_name} ${names.last_name}` })
        const masked = JSON.stringify(mask.value(names))
        for (const name of Object.values(names)) {
          t.notOk(isIn(name, masked), `the field of ${name}: ${masked}`)
          for (const form of formsOf(name)) isGone(mask.text(form), name, form)
        }
        for (const [text, gone] of Object.entries(said)) {
          for (const name of gone) isGone(mask.text(text), name, text)
        }
      }
      const { text } = maskOf({})
      for (const phone of phones) {
        const masked = text(phone)
        t.match(masked, '9')
        t.notOk(digitsOf(masked).includes(digitsOf(phone).slice(-6)), `${phone} → ${masked}`)
        t.notMatch(masked, /(?![0-9])\p{Nd}/u, 'no digit as it stood')
      }
      for (const mail of mails) {
        const masked = text(mail)
        t.match(masked, /^person-[0-9a-f]{8}@example\.com$/, `${mail} → ${masked}`)
      }

      function isGone(masked: string, name: string, text: string): void {
        t.notOk(isIn(name, masked), `${name} in ${text} → ${masked}`)
      }
    })
  }
})

function maskOf(contact: Partial<Contact>) {
  return createMask({
    fakes: createFakes('a key of this test'),
    secrets: [],
    contact: { id: '9007199254740993123', ...contact },
  })
}

/** How else the name may come. */
function formsOf(name: string): string[] {
  return [
    `(${name})`,
    `«${name.normalize('NFD')}»`,
    name.normalize('NFC'),
    `${name.toUpperCase()}!`,
    `${name.toLowerCase()}, ${name}`,
    [...name].join('\u00ad'),
    `\u2068${name}\u2069`,
    `https://shop.test/?name=${encodeURIComponent(name)}&x=1`,
    `https://shop.test/${encodeURIComponent(name.normalize('NFD'))}`,
    `${name}1990`,
    `#${name}_${name}`,
  ]
}

/** By means of its own, so that it doesn't overlook what the mask overlooks. */
function isIn(name: string, masked: string): boolean {
  const [inner, outer] = [plain(name), plain(decodeURIComponent(masked))]
  return /^\p{sc=Latin}{1,2}$/u.test(inner)
    ? new RegExp(`(?<!\\p{L})${inner}(?!\\p{L})`, 'u').test(outer)
    : outer.includes(inner)
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Cf}|[\u0300-\u036f]/gu, '')
}

function digitsOf(text: string): string {
  return (text.match(/\p{Nd}/gu) ?? []).join('')
}
