/** The phone in a terminal: reads lines, does what they say, and tells what happens. */
import type { Contact } from '../../blocks/contact.ts'
import { DynablockError } from '../../errors.ts'
import { parseExact, stringifyExact } from '../../exact-json.ts'
import type { ChatEvent } from '../conversation/event.ts'
import type { Chat } from '../testing/chat.ts'
import { parseDuration } from './duration.ts'
import { createFormat } from './format.ts'

export const verbs = `  :3            taps button or quick reply 3; :tap <caption> does it by its caption
  :wait 5m      lets time pass: 30s, 5m, 2h, 1d
  :contact      shows the contact, tags and fields; :contact {"first_name":"Bo"} changes it
  :open         the flow reaches the block once more
  :quit         ends; so does the end of the input
  ::text        says a text that begins with a colon
`

export interface PhoneOptions {
  env: { NO_COLOR?: string | undefined }
  write(text: string): void
  lines(): AsyncIterable<string>
  /** Whether a person types: there is a prompt then, and color unless NO_COLOR is set. Else what is read is written too. */
  interactive: boolean
}

const prompt = '> '

export function createPhone({ env, write, lines, interactive }: PhoneOptions) {
  const format = createFormat({ color: interactive && !env.NO_COLOR })
  const early: ChatEvent[] = []
  let chat: Chat | undefined
  let isWaiting = false
  return { show, talk }

  /** Tells an event; what happens before the talk begins is told then. */
  function show(event: ChatEvent): void {
    if (!chat) return void early.push(event)
    const said = format(event, chat.conversation.screen())
    // What comes on its own takes the line of the prompt.
    if (said !== '') write(isWaiting ? `\r${said}${prompt}` : said)
  }

  /** Resolves when there is no more to read, or that is asked for. */
  async function talk(opened: Chat): Promise<void> {
    chat = opened
    for (const event of early) show(event)
    ask()
    for await (const line of lines()) {
      isWaiting = false
      if (!interactive) write(`${prompt}${line}\n`)
      if (/^:q(uit)?$/.test(line.trim())) return
      await obey(opened, line.trim())
      ask()
    }
    isWaiting = false
    // A late reply is worth waiting for.
    await opened.settled()
  }

  function ask(): void {
    isWaiting = interactive
    if (interactive) write(prompt)
  }

  async function obey(chat: Chat, line: string): Promise<void> {
    try {
      await (line.startsWith(':') ? command(chat, line.slice(1)) : line !== '' && chat.say(line))
    } catch (error) {
      if (!(error instanceof DynablockError)) throw error
      // That nobody listens has been told.
      if (error.code !== 'DYN_CHAT_UNHEARD') write(`! ${error.message}\n`)
    }
  }

  async function command(chat: Chat, line: string): Promise<void> {
    const [verb = '', rest = ''] = splitOnce(line)
    if (line.startsWith(':')) return chat.say(line)
    if (/^\d+$/.test(verb)) return chat.tap(Number(verb))
    if (verb === 'tap') return chat.tap(rest)
    if (verb === 'open') return chat.open()
    if (verb === 'contact') return rest === '' ? tell(chat) : change(chat, rest)
    const seconds = verb === 'wait' ? parseDuration(rest) : null
    if (seconds !== null) return chat.wait(seconds)
    write(verb === 'help' ? verbs : `! Expected what :help lists, got ":${line}".\n`)
  }

  function tell({ contact, tags, fields }: Chat): void {
    const { custom_fields: _, ...system } = contact
    const known = Object.entries(system).filter(([, value]) => value !== null && String(value) !== '')
    for (const [name, value] of known)
      write(`  ${name}: ${typeof value === 'object' ? stringifyExact(value) : value}\n`)
    write(`  tags: ${tags.join(', ') || 'none'}\n`)
    for (const [name, value] of Object.entries(fields)) write(`  field ${name}: ${value ?? 'empty'}\n`)
  }

  function change(chat: Chat, json: string): void {
    const fields = parseObject(json)
    if (fields) chat.conversation.changeContact(fields as Partial<Contact>)
    else write('! Expected a JSON object, got other text.\n')
  }
}

/** null for text that is no JSON object. */
export function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value = parseExact(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function splitOnce(line: string): string[] {
  const at = line.indexOf(' ')
  return at < 0 ? [line] : [line.slice(0, at), line.slice(at + 1).trim()]
}
