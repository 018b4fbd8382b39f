import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  type Capabilities,
  capabilities,
  channels,
  hasQuickReplies,
  mayHaveQuickReplies,
} from '../../src/content/channels.ts'

/** The code's value for each channel, as a row of the table in docs/content.md. */
function tell(name: string, cell: (can: Capabilities) => string | number): string {
  return `| ${name} | ${channels.map(channel => cell(capabilities[channel])).join(' | ')} |`
}

const count = (limit: number) => (Number.isFinite(limit) ? limit : '–')

t.test('docs/content.md tells what each channel takes', async t => {
  const [, section = ''] = /^## Channels\n(.*?)^## /ms.exec(readFileSync('docs/content.md', 'utf8')) ?? []
  const { messages, buttons, quickReplies } = capabilities.messenger
  t.strictSame(section.match(/^\|.*$/gm), [
    '| | Messenger | Instagram | WhatsApp | Telegram | TikTok |',
    '|---|---|---|---|---|---|',
    tell('`type`', can => (can.type ? `\`${can.type}\`` : 'absent')),
    ...keysOf(messages).map(type => tell(`message \`${type}\``, can => can.messages[type])),
    tell('buttons under an image', can => can.imageButtons),
    ...keysOf(buttons).map(type => tell(`button \`${type}\``, can => can.buttons[type])),
    ...keysOf(quickReplies).map(type => tell(`quick reply \`${type}\``, can => can.quickReplies[type])),
    tell('`external_message_callback`', can => can.externalMessageCallback),
    tell('`webview_size`', can => (can.webviewSize ? 'yes' : 'no')),
    tell('text', can => `${can.text.alone} ${can.text.unit}`),
    tell('text with buttons', can => `${can.text.withButtons} ${can.text.unit}`),
    tell('buttons of a message or card', can => count(can.buttonsPerMessage)),
    tell('caption', can => count(can.caption)),
    tell('title and subtitle of a card', can => (can.messages.cards === 'no' ? '–' : count(can.card))),
  ])
})

t.test(
  'a menu has quick replies where ManyChat documents them, and may have them elsewhere where nothing is',
  async t => {
    t.strictSame(channels.filter(hasQuickReplies), ['messenger', 'instagram'])
    t.strictSame(channels.filter(mayHaveQuickReplies), ['messenger', 'instagram', 'tiktok'])
  },
)

function keysOf<T extends object>(object: T): (keyof T & string)[] {
  return Object.keys(object) as (keyof T & string)[]
}
