/** Content that was refused because an action names a tag or field that its page doesn't have. */
import type { Action } from '../content/action.ts'
import type { Content } from '../content/content.ts'
import type { Card, Message } from '../content/message.ts'
import { fillRow } from '../errors/errors.ts'
import type { ManyChat } from '../manychat/client.ts'
import type { JobError } from '../queue/job.ts'

/** What the page has, in lower case; null where it can't be known. */
export interface KnownNames {
  tags: ReadonlySet<string> | null
  fields: ReadonlySet<string> | null
}

/** What a page can't tell counts as unknown: the refusal says that something is. */
export async function readKnownNames({ page }: Pick<ManyChat, 'page'>, signal: AbortSignal): Promise<KnownNames> {
  const [tags, fields] = await Promise.all([
    namesOf(page.getTags({}, { signal })),
    namesOf(page.getCustomFields({}, { signal })),
  ])
  return { tags, fields }
}

async function namesOf(listed: Promise<{ name: string }[]>): Promise<ReadonlySet<string> | null> {
  try {
    return new Set((await listed).map(({ name }) => fold(name)))
  } catch {
    return null
  }
}

export interface Reduced {
  content: Content
  /** Names what was left out, for `last_error`. */
  leftOut: JobError
}

/**
 * The content without the actions that name what the page doesn't have; without any action when the page seems to have all.
 * null when nothing would be left to send.
 */
export function leaveOutUnknown(content: Content, known: KnownNames): Reduced | null {
  const unknown = new Set(actionsOf(content).filter(action => isUnknown(action, known)))
  const leftOut = unknown.size > 0 ? unknown : new Set(actionsOf(content))
  const reduced = {
    ...withoutActions(content, leftOut),
    messages: content.messages.map(message => reduceMessage(message, leftOut)),
  }
  if (leftOut.size === 0 || isEmpty(reduced)) return null
  const code = 'DYN_SEND_WITHOUT_ACTIONS'
  const got = [...leftOut].map(describe).join(', ')
  return { content: reduced, leftOut: { code, message: fillRow(code, { got }).message } }
}

function isUnknown(action: Action, { tags, fields }: KnownNames): boolean {
  const known = 'tag_name' in action ? tags : fields
  return !known?.has(fold(nameOf(action)))
}

/** Of the content, and of its buttons. */
function actionsOf(content: Content): Action[] {
  const holders = content.messages.flatMap((message): (Message | Card)[] =>
    message.type === 'cards' ? message.elements : [message],
  )
  const buttons = holders.flatMap(holder => ('buttons' in holder && holder.buttons) || [])
  return [content, ...buttons].flatMap(holder => ('actions' in holder && (holder.actions as Action[])) || [])
}

function reduceMessage(message: Message, leftOut: ReadonlySet<Action>): Message {
  if (message.type !== 'cards') return reduceButtons(message, leftOut)
  return { ...message, elements: message.elements.map(card => reduceButtons(card, leftOut)) }
}

function reduceButtons<T extends Message | Card>(holder: T, leftOut: ReadonlySet<Action>): T {
  if (!('buttons' in holder) || holder.buttons === undefined) return holder
  return { ...holder, buttons: holder.buttons.map(button => withoutActions(button, leftOut)) }
}

function withoutActions<T extends object>(holder: T, leftOut: ReadonlySet<Action>): T {
  const { actions = [], ...rest } = holder as T & { actions?: Action[] }
  const kept = actions.filter(action => !leftOut.has(action))
  return (kept.length > 0 ? { ...rest, actions: kept } : rest) as T
}

function isEmpty({ messages, actions, external_message_callback }: Content): boolean {
  return messages.length === 0 && actions === undefined && external_message_callback === undefined
}

function describe(action: Action): string {
  return `${action.action} of ${JSON.stringify(nameOf(action).slice(0, 60))}`
}

function nameOf(action: Action): string {
  return 'tag_name' in action ? action.tag_name : action.field_name
}

function fold(name: string): string {
  return name.trim().toLowerCase()
}
