import t from 'tap'
import { type Channel, channels } from '../../src/content/channels.ts'
import { inspectContent } from '../../src/content/inspect.ts'
import { type Rule, rules } from '../../src/content/problem.ts'
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
    for (const { name, content, options, problems } of invalid.filter(one => one.channel === channel)) {
      t.test(name, async t => {
        t.ok(problems.length > 0, 'the file lists problems')
        t.strictSame(list(inspectContent(content, { ...options, channel })), list(problems))
      })
    }
  })
}

/** The channels on which a rule can be broken, if not all. */
const only: Partial<Record<Rule, Channel[]>> = {
  'channel-message': ['instagram', 'whatsapp', 'telegram'],
  'channel-button': ['instagram', 'whatsapp', 'telegram'],
  'channel-quick-replies': ['whatsapp', 'telegram'],
  'channel-webview-size': ['instagram', 'whatsapp', 'telegram'],
  'caption-length': ['messenger', 'instagram', 'whatsapp'],
  'card-title-length': ['messenger', 'instagram'],
  'card-subtitle-length': ['messenger', 'instagram'],
  'first-message-only': ['whatsapp'],
  'undocumented-button': ['instagram', 'whatsapp', 'telegram'],
  'undocumented-quick-reply': ['instagram'],
  'undocumented-callback': ['instagram', 'whatsapp', 'telegram'],
}

t.test('every rule has an invalid file on each channel where it can be broken, and on no other', async t => {
  for (const rule of Object.keys(rules) as Rule[]) {
    const found = invalid.filter(({ problems }) => problems.some(problem => problem.rule === rule))
    const expected = channels.filter(channel => (only[rule] ?? channels).includes(channel))
    t.strictSame(
      channels.filter(channel => found.some(one => one.channel === channel)),
      expected,
      rule,
    )
  }
})

const [messenger, instagram, whatsapp, telegram] = channels

/** The largest accepted fixture and the smallest refused one. */
const edges: [Rule, Channel[], last: string, first: string][] = [
  ['max-messages', [messenger, instagram, telegram], 'messages-10', 'messages-11'],
  ['first-message-only', [whatsapp], 'messages-1', 'messages-2'],
  ['max-quick-replies', [messenger, instagram], 'quick-replies-11', 'quick-replies-12'],
  ['max-actions', [...channels], 'actions-5', 'actions-6'],
  ['max-actions', [...channels], 'button-actions-5', 'button-actions-6'],
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
  ['text-length', [messenger], 'text-2000-characters', 'text-2001-characters'],
  ['text-length', [messenger], 'text-640-characters-with-buttons', 'text-641-characters-with-buttons'],
  ['text-length', [messenger], 'text-640-emoji-with-buttons', 'text-641-emoji-with-buttons'],
  ['text-length', [instagram], 'text-1000-bytes', 'text-1001-bytes'],
  ['text-length', [instagram], 'text-1000-bytes-with-buttons', 'text-1001-bytes-with-buttons'],
  ['text-length', [instagram], 'text-1000-bytes-in-500-characters', 'text-1001-bytes-in-501-characters'],
  ['text-length', [instagram], 'text-1000-bytes-in-250-emoji', 'text-1001-bytes-in-251-characters'],
  ['text-length', [whatsapp, telegram], 'text-4096-characters', 'text-4097-characters'],
  ['text-length', [whatsapp], 'text-1024-characters-with-buttons', 'text-1025-characters-with-buttons'],
  ['text-length', [telegram], 'text-4096-characters-with-buttons', 'text-4097-characters-with-buttons'],
]

t.test('a limit has files on both of its sides', async t => {
  for (const [rule, on, last, first] of edges) {
    for (const channel of on) {
      const named = (name: string) => (one: Case) => one.channel === channel && one.name === name
      t.ok(valid.some(named(last)), `${channel} takes ${last}`)
      t.strictSame(
        invalid.find(named(first))?.problems.map(problem => problem.rule),
        [rule],
        `${channel} refuses ${first}`,
      )
    }
  }
  const isLimit = (rule: string) => /^(max|min)-|-length$|-timeout$|-only$|^exact-/.test(rule)
  t.strictSame([...new Set(edges.map(([rule]) => rule))].sort(), Object.keys(rules).filter(isLimit).sort())
})
