/** `/fb/subscriber/…`: finds, creates and changes contacts. */
import { randomInt } from 'node:crypto'
import type { Contact } from '../../blocks/contact.ts'
import { formatFieldValue } from '../../manychat/custom-fields.ts'
import { createContact } from '../conversation/contact.ts'
import { createConversation } from '../conversation/conversation.ts'
import type { FieldValue } from '../conversation/event.ts'
import type { FieldKey } from './account.ts'
import { invalid, refused } from './failure.ts'
import type { Handler, HandlerContext } from './handler.ts'
import type { Subscriber } from './subscribers.ts'

type Params = Record<string, unknown>
/** ManyChat's own limit. */
const maxFound = 100

export const subscriberHandlers: Record<string, Handler> = {
  getInfo: (params, context) => show(subscriberOf(params, context), context),
  getInfoByUserRef: (params, context) => show(subscriberOfRef(params, context), context),
  findByName: ({ name }, context) => findBy(context, contact => contact.name === name),
  findByCustomField: ({ field_id, field_value }, context) => {
    const { name } = context.account.fieldOf({ field_id }, field_value)
    return findBy(context, ({ custom_fields }) => String(custom_fields?.[name] ?? '') === String(field_value))
  },
  findBySystemField: ({ email, phone }, context) => {
    const matches = (contact: Contact) => (email === undefined ? contact.phone === phone : contact.email === email)
    return findBy(context, matches)[0] ?? null
  },
  addTag: (params, context) => subscriberOf(params, context).addTag(context.account.tagOf(params).name),
  addTagByName: (params, context) => {
    subscriberOf(params, context).addTag(context.account.tagNamed(String(params.tag_name)).name)
  },
  removeTag: (params, context) => subscriberOf(params, context).removeTag(context.account.tagOf(params).name),
  removeTagByName: (params, context) => subscriberOf(params, context).removeTag(String(params.tag_name)),
  setCustomField: setField,
  setCustomFieldByName: setField,
  setCustomFields: (params, context) => {
    for (const field of params.fields as Params[]) setField({ ...field, subscriber_id: params.subscriber_id }, context)
  },
  createSubscriber: (
    { has_opt_in_sms: _sms, has_opt_in_email: _email, consent_phrase: _phrase, ...fields },
    context,
  ) => {
    const id = String(randomInt(10 ** 12, 10 ** 14))
    const name = [fields.first_name, fields.last_name].filter(Boolean).join(' ')
    const page_id = /^\d+$/.test(context.page) ? context.page : null
    const contact = createContact('messenger', { first_name: null, last_name: null, ...fields, id, page_id, name })
    const subscriber = createUnplayed(contact)
    context.subscribers.join(subscriber)
    return show(subscriber, context)
  },
  updateSubscriber: ({ subscriber_id, ...fields }, context) => {
    const { has_opt_in_sms: _sms, has_opt_in_email: _email, consent_phrase: _phrase, ...changes } = fields
    const subscriber = subscriberOf({ subscriber_id }, context)
    subscriber.changeContact(changes)
    return show(subscriber, context)
  },
  verifyBySignedRequest: (params, context) => void subscriberOf(params, context),
}

/** @throws Refusal when the page has no such contact */
export function subscriberOf({ subscriber_id }: Params, { subscribers, page }: HandlerContext): Subscriber {
  const subscriber = subscribers.find(page, String(subscriber_id))
  if (!subscriber) throw invalid('Subscriber does not exist')
  return subscriber
}

/** @throws Refusal when the page has no such contact */
export function subscriberOfRef({ user_ref }: Params, { subscribers, page }: HandlerContext): Subscriber {
  const subscriber = subscribers.findByUserRef(page, String(user_ref))
  if (!subscriber) throw refused('User ref is not registered', 2011)
  return subscriber
}

function setField(params: Params, context: HandlerContext): void {
  const { field_value: value, ...key } = params
  const subscriber = subscriberOf(params, context)
  const field = context.account.fieldOf(key as FieldKey, value)
  try {
    formatFieldValue(field.type, value)
  } catch {
    throw invalid(`Field value must be of the type ${field.type}`)
  }
  subscriber.setField(field.name, value as FieldValue)
}

function findBy(context: HandlerContext, matches: (contact: Contact) => boolean): unknown[] {
  const found = context.subscribers.of(context.page).filter(subscriber => matches(subscriber.contact))
  return found.slice(0, maxFound).map(subscriber => show(subscriber, context))
}

/** A contact as the API returns it: custom fields as a list, not an object, and tags beside them. */
function show(subscriber: Subscriber, { account }: HandlerContext) {
  const { contact, tags, fields } = subscriber.screen()
  for (const [name, value] of Object.entries(fields)) account.fieldNamed(name, value)
  return {
    ...contact,
    tags: tags.map(account.tagNamed),
    custom_fields: account.fields.map(field => ({ ...field, value: fields[field.name] ?? null })),
  }
}

/** A contact without a conversation: it exists only in the API. */
function createUnplayed(contact: Contact): Subscriber {
  const request = async () => ({ failed: 'not-called', ms: 0 }) as const
  return createConversation({ contact, open: { url: '', headers: {} }, request, now: Date.now })
}
