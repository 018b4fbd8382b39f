import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Capabilities, capabilities, channels, hasQuickReplies } from '../../src/content/channels.ts'

/** The code's value for each channel, as a row of the table in docs/content.md. */
function tell(name: string, cell: (can: Capabilities) => string | number): string {
  return `| ${name} | ${channels.map(channel => cell(capabilities[channel])).join(' | ')} |`
}

t.test('docs/content.md tells what each channel takes', async t => {
  const [, section = ''] = /^## Channels\n(.*?)^## /ms.exec(readFileSync('docs/content.md', 'utf8')) ?? []
  const { buttons, quickReplies } = capabilities.messenger
  t.strictSame(section.match(/^\|.*$/gm), [
    '| | Messenger | Instagram | WhatsApp | Telegram |',
    '|---|---|---|---|---|',
    tell('`type`', can => (can.type ? `\`${can.type}\`` : 'absent')),
    tell('messages', can => can.messages.map(type => `\`${type}\``).join(' ')),
    ...Object.keys(buttons).map(type => tell(`button \`${type}\``, can => can.buttons[type] ?? 'no')),
    ...Object.keys(quickReplies).map(type => tell(`quick reply \`${type}\``, can => can.quickReplies[type] ?? 'no')),
    tell('`external_message_callback`', can => can.externalMessageCallback),
    tell('`webview_size`', can => (can.webviewSize ? 'yes' : 'no')),
    tell('text', can => `${can.text.alone} ${can.text.unit}`),
    tell('text with buttons', can => `${can.text.withButtons} ${can.text.unit}`),
    tell('buttons of a message or card', can => can.buttonsPerMessage),
    tell('caption', can => (Number.isFinite(can.caption) ? can.caption : '–')),
    tell('title and subtitle of a card', can => (can.messages.includes('cards') ? can.card : '–')),
  ])
})

t.test('only Messenger and Instagram have quick replies', async t => {
  t.strictSame(channels.filter(hasQuickReplies), ['messenger', 'instagram'])
})
