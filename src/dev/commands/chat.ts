/** `npx dynablock chat`: talk with a block in a terminal. */
import { blocksFolder } from '../../blocks/folder.ts'
import { readArgs, type Terminal } from '../../cli/command.ts'
import { type Channel, channels } from '../../content/channels.ts'
import { createError } from '../../errors/errors.ts'
import { parseObject } from '../../json/object.ts'
import { createCarry } from '../conversation/carry.ts'
import { createContact } from '../conversation/contact.ts'
import { createConversation } from '../conversation/conversation.ts'
import type { ChatEvent } from '../conversation/event.ts'
import { createPhone, verbs } from '../terminal/phone.ts'
import { type Chat, createChat } from '../testing/chat.ts'
import { type ChatClock, createClock } from '../testing/clock.ts'

const help = `Usage: dynablock chat <block> [options]   talk with a block, as its contact

The block is a name in BLOCKS_DIR, or the path of a file. A line you type is a message. There are also:

${verbs}
  --channel <name>   ${channels.join(', ')}; default messenger
  --contact <json>   fields of Full Contact Data
  --extras <json>    keys of the body next to the contact
  --folder <path>    the folder of the blocks; default BLOCKS_DIR, else ./blocks, else the examples
  --url <address>    talk with a running server, such as http://localhost:3000
  --secret <secret>  one of its WEBHOOK_SECRETS; default the first of that setting

The exit code is 0, 1 if something failed, and 2 if there is no such block.

Example: dynablock chat size --channel whatsapp
`

const options = {
  channel: { type: 'string', default: 'messenger' },
  contact: { type: 'string', default: '{}' },
  extras: { type: 'string', default: '{}' },
  folder: { type: 'string' },
  url: { type: 'string' },
  secret: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** The part of the test kit's `openChat` that the commands need. */
export type OpenChat = (
  block: string,
  options: ChatSettings & { folder: string; replyWithinMs: number },
) => Promise<Chat>

export interface ChatSettings {
  channel: Channel
  contact: Record<string, unknown>
  extras: Record<string, unknown>
  clock: ChatClock
  strict: false
  onEvent: (event: ChatEvent) => void
}

/** Mistakes of the person typing, not failures of the block: they leave the exit code at 0. */
const userMistakes = new Set<string>(['DYN_CHAT_TAP', 'DYN_CHAT_UNHEARD'])

/** The default of REPLY_WITHIN_MS. */
export const replyWithinMs = 8000

type ChatTerminal = Pick<Terminal, 'env' | 'fetch' | 'write' | 'lines' | 'interactive'>

/** @param openChat opens a block behind a server of its own */
export function createChatCommand(openChat: OpenChat) {
  return async (args: string[], terminal: ChatTerminal): Promise<0 | 1 | 2> => {
    try {
      const { values, positionals } = readArgs({ args, options, allowPositionals: true })
      const [block, ...others] = positionals
      if (values.help || block === undefined || others.length > 0) {
        terminal.write(help)
        return values.help ? 0 : 2
      }
      const phone = createPhone(terminal)
      const settings: ChatSettings = {
        channel: readChannel(values.channel),
        contact: readObject(values.contact, '--contact'),
        extras: readObject(values.extras, '--extras'),
        clock: createClock(Date.now),
        strict: false,
        onEvent: phone.show,
      }
      const { env, fetch } = terminal
      const { url, secret = firstSecret(env), folder = blocksFolder(env.BLOCKS_DIR) } = values
      terminal.write(`${block} on ${settings.channel}. Type a message; :help lists the commands.\n`)
      const chat = url
        ? await openRemote(settings, { url: `${url}/blocks/${block}`, secret, fetch })
        : await openChat(block, { ...settings, folder, replyWithinMs })
      try {
        await phone.talk(chat)
      } finally {
        await chat.close()
      }
      return chat.problems.some(({ rule, severity }) => severity === 'error' && !userMistakes.has(rule)) ? 1 : 0
    } catch (error) {
      terminal.write(`${(error as Error).message}\n`)
      return 2
    }
  }
}

interface RemoteOptions extends Pick<Terminal, 'fetch'> {
  url: string
  secret: string
}

export async function openRemote(settings: ChatSettings, { url, secret, fetch }: RemoteOptions): Promise<Chat> {
  const { channel, contact, extras, clock, strict, onEvent } = settings
  const conversation = createConversation({
    channel,
    contact: createContact(channel, contact),
    open: { url, headers: { authorization: `Bearer ${secret}` }, extras },
    request: createCarry({ fetch }),
    now: clock.now,
    allowLoopback: true,
    onEvent,
  })
  const chat = createChat({ conversation, clock, strict })
  await chat.open()
  return chat
}

function readChannel(name: string): Channel {
  const channel = channels.find(known => known === name)
  if (channel) return channel
  throw createError('DYN_CHAT_OPTIONS', {
    expected: `one of ${channels.join(', ')}`,
    got: `"${name}"`,
    remedy: 'Change --channel.',
  })
}

function readObject(json: string, option: string): Record<string, unknown> {
  const value = parseObject(json)
  if (value) return value
  const got = 'other text'
  throw createError('DYN_CHAT_OPTIONS', {
    expected: 'a JSON object',
    got,
    remedy: `Quote it for the shell: ${option} '{"first_name":"Bo"}'.`,
  })
}

export function firstSecret({ WEBHOOK_SECRETS = '' }: Terminal['env']): string {
  return WEBHOOK_SECRETS.split(',')[0]?.trim() ?? ''
}
