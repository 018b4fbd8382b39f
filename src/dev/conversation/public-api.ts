/** The part of ManyChat's Public API that is about one contact, played by a conversation. */
import { parseExact, stringifyExact } from '../../exact-json.ts'
import type { Conversation } from './conversation.ts'
import type { FieldValue } from './event.ts'

export interface ApiRequest {
  url: string
  /** JSON; null where all is said by the url. */
  body: string | null
}

export interface ApiAnswer {
  status: number
  body: string
}

type Params = Record<string, unknown>
type Answer = (conversation: Conversation, params: Params) => ApiAnswer

/** A tag or field that is named by its id goes by that id. */
const tagOf = ({ tag_name, tag_id }: Params) => String(tag_name ?? tag_id)
const fieldOf = ({ field_name, field_id }: Params) => String(field_name ?? field_id)

const addTag: Answer = (conversation, params) => success(conversation.addTag(tagOf(params)))
const removeTag: Answer = (conversation, params) => success(conversation.removeTag(tagOf(params)))
const setField: Answer = (conversation, params) =>
  success(conversation.setField(fieldOf(params), params.field_value as FieldValue))

const operations: Record<string, Answer> = {
  'sending/sendContent': ({ deliver }, { data }) => send(deliver((data as Params | null)?.content)),
  'sending/sendContentByUserRef': ({ deliver }, { data }) =>
    send(deliver((data as Params | null)?.content, { via: 'sendContentByUserRef' })),
  'sending/sendFlow': ({ startFlow }, { flow_ns }) => success(startFlow(String(flow_ns))),
  'subscriber/getInfo': conversation => success(subscriberOf(conversation)),
  'subscriber/getInfoByUserRef': conversation => success(subscriberOf(conversation)),
  'subscriber/addTag': addTag,
  'subscriber/addTagByName': addTag,
  'subscriber/removeTag': removeTag,
  'subscriber/removeTagByName': removeTag,
  'subscriber/setCustomField': setField,
  'subscriber/setCustomFieldByName': setField,
  'subscriber/setCustomFields': (conversation, { fields }) => {
    for (const field of fields as Params[]) setField(conversation, field)
    return success()
  },
}

/** Answers one call; null for an operation that is not about a contact, or not played. */
export function answerApi(conversation: Conversation, { url, body }: ApiRequest): ApiAnswer | null {
  const { pathname, searchParams } = new URL(url)
  const name = pathname.split('/').slice(-2).join('/')
  const answer = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (!answer) return null
  const params = { ...Object.fromEntries(searchParams), ...(body ? (parseExact(body) as Params) : {}) }
  const { id } = conversation.screen().contact
  const isOther = params.subscriber_id !== undefined && String(params.subscriber_id) !== id
  return isOther ? failure('Subscriber does not exist', null) : answer(conversation, params)
}

function send(delivery: ReturnType<Conversation['deliver']>): ApiAnswer {
  if (delivery.accepted) return success()
  const { code, message, problems } = delivery
  const errors = problems.filter(({ severity }) => severity === 'error')
  return failure(
    message,
    code,
    errors.length > 0 ? errors.map(({ path, message }) => `${path}: ${message}`) : undefined,
  )
}

/** The Public API lists tags and fields where Full Contact Data has names. */
function subscriberOf(conversation: Conversation): Params {
  const { contact, tags, fields } = conversation.screen()
  return {
    ...contact,
    tags: tags.map((name, index) => ({ id: index + 1, name })),
    custom_fields: Object.entries(fields).map(([name, value], index) => ({ id: index + 1, name, value })),
  }
}

function success(data?: unknown): ApiAnswer {
  return { status: 200, body: stringifyExact({ status: 'success', ...(data !== undefined && { data }) }) }
}

function failure(message: string, code: number | null, messages?: string[]): ApiAnswer {
  const details = messages && { details: { messages: messages.map(text => ({ message: text })) } }
  return { status: 400, body: stringifyExact({ status: 'error', message, ...(code !== null && { code }), ...details }) }
}
