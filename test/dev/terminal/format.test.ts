import t from 'tap'
import type { Happening } from '../../../src/dev/conversation/event.ts'
import { createFormat } from '../../../src/dev/terminal/format.ts'
import { talk, v2 } from '../conversation/talk.ts'

const at = Date.UTC(2026, 0, 1)
const problem = { path: '/messages/0', rule: 'text-length', severity: 'warning', message: 'Too long.' } as const
const response = { status: 200, headers: {}, body: '', ms: 1 }

const cases: [happening: Happening, text: string][] = [
  [{ kind: 'said', text: 'Hi' }, ''],
  [{ kind: 'listening', until: at + 600_000, replaced: false }, '  (waits for your message for 10 minutes)\n'],
  [
    { kind: 'unheard', text: 'Hi', why: 'no-listener' },
    '  (no block listens: ManyChat’s own automation handles this message)\n',
  ],
  [
    { kind: 'unheard', text: 'Hi', why: 'expired' },
    '  (the listener had expired: ManyChat’s own automation handles this message)\n',
  ],
  [{ kind: 'tag', name: 'vip', change: 'added', by: 'content' }, '  (tag added: vip)\n'],
  [{ kind: 'field', name: 'Size', value: 'S', by: 'api' }, '  (field Size: S)\n'],
  [{ kind: 'field', name: 'Size', value: null, by: 'api' }, '  (field Size: empty)\n'],
  [{ kind: 'followed', type: 'node', target: 'Table', by: 'tap' }, '  (goes to node Table)\n'],
  [{ kind: 'delivery', via: 'sendContent', accepted: true, code: null, why: null, problems: [] }, ''],
  [
    { kind: 'delivery', via: 'sendContent', accepted: false, code: 3011, why: 'Too late.', problems: [] },
    '! delivery refused (3011): Too late.\n',
  ],
  [
    { kind: 'delivery', via: 'sendContent', accepted: false, code: null, why: 'Validation error', problems: [] },
    '! delivery refused (no code): Validation error\n',
  ],
  [
    { kind: 'response', request: 1, response, outcome: 'shown', why: null, problems: [problem] },
    '  (warning text-length at /messages/0: Too long.)\n',
  ],
  [
    {
      kind: 'response',
      request: 1,
      response,
      outcome: 'shown',
      why: null,
      problems: [{ ...problem, severity: 'error' }],
    },
    '! text-length: Too long.\n',
  ],
]
const { conversation } = talk('messenger', [])
for (const [happening, text] of cases) {
  t.test(text.trim() || `${happening.kind}, which is seen anyway`, async t => {
    t.equal(createFormat({ color: false })({ id: 1, at, ...happening }, conversation.screen()), text)
  })
}

t.test('a warning is said once', async t => {
  const format = createFormat({ color: false })
  const event = {
    id: 1,
    at,
    kind: 'response',
    request: 1,
    response,
    outcome: 'shown',
    why: null,
    problems: [problem],
  } as const
  t.not(format({ ...event, problems: [...event.problems] }, conversation.screen()), '')
  t.equal(format({ ...event, problems: [...event.problems] }, conversation.screen()), '')
})

const messages = [
  { type: 'text', text: 'One\ntwo', buttons: [{ type: 'url', caption: 'Open', url: 'https://a.test' }] },
  { type: 'image', url: 'https://a.test/b.png' },
  {
    type: 'cards',
    elements: [
      {
        title: 'Mug',
        subtitle: 'Large',
        image_url: 'https://a.test/m.png',
        action_url: 'https://a.test',
        buttons: [{ type: 'flow', caption: 'More', target: 'content1' }],
      },
      { title: 'Cap' },
    ],
  },
]

t.test('what is shown, in words', async t => {
  const phone = talk('messenger', [
    v2({ messages, quick_replies: [{ type: 'node', caption: 'Sizes', target: 'Table' }] }),
  ])
  await phone.conversation.open()
  const shown = phone.conversation.events.find(({ kind }) => kind === 'shown')
  const said = createFormat({ color: false })(shown as NonNullable<typeof shown>, phone.conversation.screen())
  t.equal(
    said,
    `Block: One
  two
  :1 Open (opens https://a.test)
Block: image https://a.test/b.png
Block: gallery of 2
  Card 1: Mug, Large, image https://a.test/m.png, opens https://a.test
    :2 More (goes to flow content1)
  Card 2: Cap
  :3 Sizes (quick reply goes to node Table)
`,
  )
})

t.test('what comes later says so, and color sets lines apart', async t => {
  const phone = talk('telegram', [])
  phone.conversation.deliver({ type: 'telegram', messages: [{ type: 'text', text: 'Later' }] })
  const shown = phone.last('shown')
  const format = createFormat({ color: true })
  t.equal(format(shown as NonNullable<typeof shown>, phone.conversation.screen()), 'Block, later: Later\n')
  t.equal(
    format({ id: 1, at, kind: 'tag', name: 'vip', change: 'removed', by: 'api' }, conversation.screen()),
    '\u001b[2m  (tag removed: vip)\u001b[0m\n',
  )
})
