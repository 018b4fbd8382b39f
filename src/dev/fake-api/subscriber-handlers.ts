/** `/fb/subscriber/…`: finds, creates and changes contacts. */
import { randomInt } from 'node:crypto'
import type { Contact } from '../../blocks/contact.ts'
import { formatFieldValue } from '../../manychat/custom-fields.ts'
import { createContact } from '../conversation/contact.ts'
import type { FieldValue } from '../conversation/event.ts'
import type { FieldKey } from './account.ts'
import { invalid, refused } from './failure.ts'
import type { HandlerContext, Handlers } from './handler.ts'
import type { Params } from './params.ts'
import { fieldValue, learnFields, showSubscriber } from './subscriber-view.ts'
import type { Subscriber } from './subscribers.ts'
import type { Subscriber as Shown } from './swagger.ts'

/** ManyChat's own limit. */
const maxFound = 100

export const subscriberHandlers: Handlers<'subscriber'> = {
  getInfo: (params, context) => show(subscriberOf(params, context), context),
  getInfoByUserRef: (params, context) => show(subscriberOfRef(params, context), context),
  findByName: ({ name }, context) => findBy(context, contact => contact.name === name),
  findByCustomField: ({ field_id, field_value }, context) => {
    const { name, type } = context.account.fieldOf({ field_id }, field_value)
    if (type !== 'text' && type !== 'number') throw invalid('Only text and number fields can be searched')
    return findBy(context, contact => String(fieldValue(contact.custom_fields, name) ?? '') === String(field_value))
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
  createSubscriber: (params, context) => {
    const { subscribers, page } = context
    const channel = params.whatsapp_phone === undefined ? 'messenger' : 'whatsapp'
    const contact = createContact(channel, {
      first_name: null,
      last_name: null,
      id: String(randomInt(10 ** 12, 10 ** 14)),
      page_id: /^\d+$/.test(page) ? page : null,
    })
    const subscriber = subscribers.create(contact, channel)
    changeContact(subscriber, params)
    return show(subscriber, context)
  },
  updateSubscriber: ({ subscriber_id, ...changes }, context) => {
    const subscriber = subscriberOf({ subscriber_id }, context)
    changeContact(subscriber, changes)
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

function changeContact(
  subscriber: Subscriber,
  { has_opt_in_sms, has_opt_in_email, consent_phrase: _, ...fields }: Params,
): void {
  const { first_name, last_name } = { ...subscriber.contact, ...fields }
  subscriber.changeContact({
    ...fields,
    name: [first_name, last_name].filter(Boolean).join(' '),
    ...(has_opt_in_sms !== undefined && { optin_phone: has_opt_in_sms === true }),
    ...(has_opt_in_email !== undefined && { optin_email: has_opt_in_email === true }),
  })
}

function setField(params: Params, context: HandlerContext): void {
  const { field_value: value, ...key } = params
  const subscriber = subscriberOf(params, context)
  learnFields(subscriber, context.account)
  const field = context.account.fieldOf(key as FieldKey, value)
  try {
    formatFieldValue(field.type, value)
  } catch {
    throw invalid(`Field value must be of the type ${field.type}`)
  }
  subscriber.setField(field.name, value as FieldValue)
}

function findBy(context: HandlerContext, matches: (contact: Contact) => boolean): Shown[] {
  const found = context.subscribers.of(context.page).filter(subscriber => matches(subscriber.contact))
  return found.slice(0, maxFound).map(subscriber => show(subscriber, context))
}

function show(subscriber: Subscriber, { account, subscribers }: HandlerContext): Shown {
  return showSubscriber(subscriber, account, subscribers)
}
