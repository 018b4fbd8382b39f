import t from 'tap'
import { type Channel, channels } from '../../src/content/channels.ts'
import { checkContent, inspectContent } from '../../src/content/check.ts'
import { isError } from '../../src/content/problem.ts'
import { type Rule, type RuleRow, rules } from '../../src/content/rules.ts'
import { type Case, type Listed, readCases } from './fixtures.ts'

/** The problems in a fixed order, whoever found them. */
function list(problems: Listed[]): Listed[] {
  const sortKey = ({ path, rule }: Listed) => `${path} ${rule}`
  return problems
    .map(({ path, rule, severity }) => ({ path, rule, severity }))
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

const valid = readCases('valid')
const invalid = readCases('invalid')

for (const channel of channels) {
  t.test(`takes on ${channel}`, async t => {
    for (const { name, content, options, problems } of valid.filter(one => one.channel === channel)) {
      t.test(name, async t => {
        t.equal(problems.length, 0, 'the file lists no problems')
        t.strictSame(list(inspectContent(content, { ...options, channel })), [])
      })
    }
  })

  t.test(`finds on ${channel}`, async t => {
    for (const { name, content, options, problems, repaired } of invalid.filter(one => one.channel === channel)) {
      t.test(name, async t => {
        t.ok(problems.length > 0, 'the file lists problems')
        t.strictSame(list(inspectContent(content, { ...options, channel })), list(problems))
        if (problems.some(isError)) return
        const isRepaired = problems.some(({ severity }) => severity === 'repaired')
        t.equal(repaired !== undefined, isRepaired, 'the file has what is repaired')
        if (!isRepaired) return
        const given = JSON.stringify(content)
        const sent = checkContent(content, { ...options, channel })
        t.strictSame(sent, repaired)
        t.equal(JSON.stringify(content), given, 'what was given is not changed')
        t.equal(checkContent(sent, { ...options, channel }), sent, 'repairing twice changes nothing')
      })
    }
  })
}

t.test('every rule has an invalid file on each channel where it can be broken, and on no other', async t => {
  for (const rule of Object.keys(rules) as Rule[]) {
    const found = invalid.filter(({ problems }) => problems.some(problem => problem.rule === rule))
    const { channels: only = channels }: RuleRow = rules[rule]
    const expected = channels.filter(channel => only.includes(channel))
    t.strictSame(
      channels.filter(channel => found.some(one => one.channel === channel)),
      expected,
      rule,
    )
  }
})

const [messenger, instagram, whatsapp, telegram, tiktok] = channels

/** The largest accepted fixture and the smallest refused one. */
const edges: [Rule, Channel[], last: string, first: string][] = [
  ['max-messages', [messenger, instagram, telegram, tiktok], 'messages-10', 'messages-11'],
  ['first-message-only', [whatsapp], 'messages-1', 'messages-2'],
  ['max-quick-replies', [messenger, instagram], 'quick-replies-11', 'quick-replies-12'],
  ['max-actions', [...channels], 'actions-5', 'actions-6'],
  ['max-actions', [messenger, instagram, whatsapp, telegram], 'button-actions-5', 'button-actions-6'],
  ['max-cards', [messenger, instagram], 'cards-10', 'cards-11'],
  ['min-cards', [messenger, instagram], 'cards-1', 'cards-0'],
  ['max-buttons', [messenger, instagram, whatsapp], 'buttons-3', 'buttons-4'],
  ['max-buttons', [telegram], 'buttons-10', 'buttons-11'],
  ['caption-length', [messenger, instagram, whatsapp], 'button-caption-20', 'button-caption-21'],
  ['caption-length', [messenger, instagram, whatsapp], 'button-caption-20-emoji', 'button-caption-21-emoji'],
  ['caption-length', [messenger, instagram], 'quick-reply-caption-20', 'quick-reply-caption-21'],
  ['card-title-length', [messenger, instagram], 'card-title-80', 'card-title-81'],
  ['card-subtitle-length', [messenger, instagram], 'card-subtitle-80', 'card-subtitle-81'],
  ['callback-timeout', [messenger], 'timeout-1', 'timeout-0'],
  ['callback-timeout', [messenger], 'timeout-86400', 'timeout-86401'],
  ['exact-number', [...channels], 'number-9007199254740991', 'number-9007199254740992'],
  ['exact-number', [...channels], 'number-minus-9007199254740991', 'number-minus-9007199254740992'],
  ['text-split', [messenger, telegram, tiktok], 'text-2000-characters', 'text-2001-characters'],
  ['text-split', [messenger], 'text-640-characters-with-buttons', 'text-641-characters-with-buttons'],
  ['text-split', [messenger], 'text-640-emoji-with-buttons', 'text-641-emoji-with-buttons'],
  ['text-split', [instagram], 'text-1000-bytes', 'text-1001-bytes'],
  ['text-split', [instagram], 'text-1000-bytes-with-buttons', 'text-1001-bytes-with-buttons'],
  ['text-split', [instagram], 'text-1000-bytes-in-500-characters', 'text-1001-bytes-in-501-characters'],
  ['text-split', [instagram], 'text-1000-bytes-in-250-emoji', 'text-1001-bytes-in-251-characters'],
  ['text-split', [whatsapp], 'text-2000-characters', 'text-2001-characters'],
  ['text-split', [whatsapp], 'text-1024-characters-with-buttons', 'text-1025-characters-with-buttons'],
  ['text-split', [telegram], 'text-2000-characters-with-buttons', 'text-2001-characters-with-buttons'],
]

t.test('a limit has files on both of its sides', async t => {
  for (const [rule, on, last, first] of edges) {
    for (const channel of on) {
      const named = (name: string) => (one: Case) => one.channel === channel && one.name === name
      t.ok(valid.some(named(last)), `${channel} takes ${last}`)
      t.strictSame(
        invalid
          .find(named(first))
          ?.problems.filter(problem => channel !== whatsapp || problem.rule === rule)
          .map(problem => problem.rule),
        [rule],
        `${channel} refuses ${first}`,
      )
    }
  }
  const isLimit = (rule: string) => /^(max|min)-|-length$|-timeout$|-only$|-split$|^exact-/.test(rule)
  // A text that can be split is never too long.
  const limits = Object.keys(rules).filter(rule => isLimit(rule) && rule !== 'text-length')
  t.strictSame([...new Set(edges.map(([rule]) => rule))].sort(), limits.sort())
})

t.test('a text is split while there is room, and refused or cut when there is none', async t => {
  const rulesOf = (channel: Channel, name: string) =>
    invalid.find(one => one.channel === channel && one.name === name)?.problems.map(({ rule }) => rule)
  for (const channel of channels) {
    const [rule] = rulesOf(channel, 'text-limit-2001-characters-and-9-messages') ?? []
    t.equal(rule, 'text-limit', channel)
  }
  for (const [channel, name] of [
    [messenger, '641-characters-with-buttons'],
    [whatsapp, '1025-characters-with-buttons'],
    [instagram, '1001-bytes'],
  ] as const) {
    t.equal(rulesOf(channel, `text-${name}-and-8-messages`)?.[0], 'text-split', channel)
    t.equal(rulesOf(channel, `text-length-${name}-and-9-messages`)?.[0], 'text-length', channel)
  }
})
