/** The phone in a terminal: reads lines, carries them out, and prints what happens. */
import type { Contact } from '../../blocks/contact.ts'
import { stringifyExact } from '../../json/exact-json.ts'
import { parseObject } from '../../json/object.ts'
import type { ChatEvent } from '../conversation/event.ts'
import type { Chat } from '../testing/chat.ts'
import { parseDuration } from './duration.ts'
import { createFormat } from './format.ts'

export const verbs = `  :3            tap button or quick reply 3; :tap <caption> taps by caption
  :wait 5m      let time pass: 30s, 5m, 2h, 1d; a late reply under way arrives first
  :contact      show the contact, tags and fields; :contact {"first_name":"Bo"} changes it
  :open         open the block again
  :quit         end; so does the end of the input
  ::text        send a text that begins with a colon
`

export interface PhoneOptions {
  env: { NO_COLOR?: string | undefined }
  write(text: string): void
  lines(): AsyncIterable<string>
  /** Whether a person types. Then there is a prompt, and color unless NO_COLOR is set; otherwise input is echoed. */
  interactive: boolean
}

const prompt = '> '

export function createPhone({ env, write, lines, interactive }: PhoneOptions) {
  const format = createFormat({ color: interactive && !env.NO_COLOR })
  const early: ChatEvent[] = []
  let chat: Chat | undefined
  let isWaiting = false
  return { show, talk }

  /** Prints an event. Events from before `talk` are printed when it starts. */
  function show(event: ChatEvent): void {
    if (!chat) return void early.push(event)
    const said = format(event, chat.conversation.screen())
    // A late reply overwrites the line of the prompt.
    if (said !== '') write(isWaiting ? `\r${said}${prompt}` : said)
  }

  /** Resolves at the end of the input, or after `:quit`. */
  async function talk(opened: Chat): Promise<void> {
    chat = opened
    for (const event of early) show(event)
    ask()
    for await (const line of lines()) {
      isWaiting = false
      if (!interactive) write(`${prompt}${line}\n`)
      if (/^:q(uit)?$/.test(line.trim())) return
      await handle(opened, line.trim())
      ask()
    }
    isWaiting = false
    // Late replies may still arrive.
    await opened.settled()
  }

  function ask(): void {
    isWaiting = interactive
    if (interactive) write(prompt)
  }

  async function handle(chat: Chat, line: string): Promise<void> {
    const { length } = chat.problems
    await (line.startsWith(':') ? command(chat, line.slice(1)) : line !== '' && chat.say(line))
    // Other problems were printed with their events, including a message that no block listened to.
    for (const { rule, message } of chat.problems.slice(length)) if (rule === 'DYN_CHAT_TAP') write(`! ${message}\n`)
  }

  async function command(chat: Chat, line: string): Promise<void> {
    const [verb = '', rest = ''] = splitOnce(line)
    if (line.startsWith(':')) return chat.say(line)
    if (/^\d+$/.test(verb)) return chat.tap(Number(verb))
    if (verb === 'tap') return chat.tap(rest)
    if (verb === 'open') return chat.open()
    if (verb === 'contact') return rest === '' ? showContact(chat) : change(chat, rest)
    const seconds = verb === 'wait' ? parseDuration(rest) : null
    // Handlers take real time, of which the time of the chat knows nothing.
    if (seconds !== null) return chat.settled().then(() => chat.wait(seconds))
    write(verb === 'help' ? verbs : `! ":${line}" is not a command. :help lists them.\n`)
  }

  function showContact({ contact, tags, fields }: Chat): void {
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
    else write('! :contact takes a JSON object.\n')
  }
}

function splitOnce(line: string): string[] {
  const at = line.indexOf(' ')
  return at < 0 ? [line] : [line.slice(0, at), line.slice(at + 1).trim()]
}
