/** Checks that every tag, field and flow a block names exists on its page, and that each field takes the block's value. */
import { closest } from 'fastest-levenshtein'
import type { FieldType } from '../../manychat/params.ts'
import { type Finding, findingsOf } from './finding.ts'
import type { Page } from './pages.ts'
import type { FieldLiteral, Kind, Use, Uses } from './uses.ts'

const { ok, warning, problem, skipped } = findingsOf('names')

const remedies: Readonly<Record<Kind, string>> = {
  tag: 'Create it in ManyChat, under Settings, Tags.',
  field: 'Create it in ManyChat, under Settings, Fields.',
  flow: 'Copy the id from the address of the flow, in ManyChat.',
}

/** The values that each type of field takes in an action. Source: ManyChat's Dynamic Block page, under set_field_value. */
const fits: Readonly<Record<FieldType, [expected: string, fits: (value: FieldLiteral) => boolean]>> = {
  text: ['text', value => typeof value === 'string'],
  number: ['a number', value => typeof value === 'number'],
  boolean: ['true or false', value => typeof value === 'boolean'],
  date: ["a day like '2018-03-25'", value => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)],
  datetime: [
    "a Date, or a time in UTC like '2018-03-25T13:25:00.000Z'",
    value => value instanceof Date || (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)),
  ],
}

export function examineNames({ uses, unread }: Uses, pages: readonly Page[]): Finding[] {
  if (pages.length === 0) return uses.length + unread.length === 0 ? [] : [notAsked(uses.length + unread.length)]
  const findings = groupUses(uses).flatMap(([use, places]) => examineUse(use, places, pages))
  for (const [kind, places] of groupUnread(unread)) {
    const got = `names computed while the block runs: ${places}`
    findings.push(skipped(`${kind}s`, 'names that are written out', got, 'Check for yourself that they exist.'))
  }
  return findings
}

function notAsked(count: number): Finding {
  const got = `no page to ask; ${count} places where the blocks name some were not checked`
  return skipped('blocks', 'tags, fields and flows of a page', got)
}

function examineUse(use: Use, places: string, pages: readonly Page[]): Finding[] {
  const { kind, name, value } = use
  const subject = `${kind} "${name}" (${places})`
  const listed = pages.filter(page => page[kind] !== null)
  if (listed.length === 0) return [skipped(subject, `a ${kind} of the page`, 'a page that did not list them')]
  const lacking = listed.filter(page => !page[kind]?.has(name))
  // A block may be meant for one page alone; only its author knows.
  const make = lacking.length === listed.length ? problem : warning
  const findings = lacking.map(({ page, [kind]: known }) =>
    make(
      subject,
      `a ${kind} of page ${page}`,
      `none of that name${hint(name, [...(known?.keys() ?? [])])}`,
      remedies[kind],
    ),
  )
  for (const { page, field } of listed) {
    const type = kind === 'field' ? field?.get(name) : undefined
    const [expected, isFit] = (type !== undefined && fits[type]) || []
    if (!expected || value === undefined || isFit?.(value)) continue
    const remedy = 'Change the value, or use another field.'
    findings.push(problem(subject, `${expected} for a field of type ${type} on page ${page}`, describe(value), remedy))
  }
  return findings.length > 0 ? findings : [ok(subject, `a ${kind} of the page`, 'it')]
}

function hint(name: string, known: string[]): string {
  return known.length > 0 ? `; the nearest is "${closest(name, known)}"` : ''
}

function describe(value: FieldLiteral): string {
  if (value instanceof Date) return 'a Date'
  return typeof value === 'string' ? `the text '${value}'` : String(value)
}

/** Uses of one name with one value make one finding, which lists all places. */
function groupUses(uses: readonly Use[]): [Use, string][] {
  const groups = Map.groupBy(uses, ({ kind, name, value }) => `${kind} ${name} ${typeof value} ${value}`)
  return [...groups.values()].map(group => [group[0] as Use, placesOf(group)])
}

function groupUnread(unread: Uses['unread']): [Kind, string][] {
  return [...Map.groupBy(unread, ({ kind }) => kind)].map(([kind, group]) => [kind, placesOf(group)])
}

function placesOf(group: readonly { file: string; line: number }[]): string {
  return [...new Set(group.map(({ file, line }) => `${file}:${line}`))].join(', ')
}
