/** A contact as the Public API shows it. */
import type { Contact } from '../../blocks/contact.ts'
import type { StoredValue } from '../../manychat/custom-fields.ts'
import { type Account, isSameName } from './account.ts'
import type { Subscriber, Subscribers } from './subscribers.ts'
import type { Subscriber as Shown } from './swagger.ts'

/** Custom fields are a list, not an object as in Full Contact Data, and the tags are beside them. */
export function showSubscriber(subscriber: Subscriber, account: Account, { joinedAt }: Subscribers): Shown {
  learnFields(subscriber, account)
  const { contact, tags, fields } = subscriber.screen()
  const subscribed = toW3c(contact.subscribed) ?? toW3c(joinedAt(subscriber))
  return {
    id: String(contact.id),
    page_id: textOf(contact.page_id),
    user_refs: (contact.user_refs ?? []).map(ref => showRef(ref, subscribed)),
    first_name: textOf(contact.first_name),
    last_name: textOf(contact.last_name),
    name: textOf(contact.name),
    gender: textOf(contact.gender),
    profile_pic: textOf(contact.profile_pic),
    locale: textOf(contact.locale),
    language: textOf(contact.language),
    timezone: textOf(contact.timezone),
    live_chat_url: textOf(contact.live_chat_url),
    last_input_text: textOf(contact.last_input_text),
    optin_phone: contact.optin_phone === true,
    phone: textOf(contact.phone),
    optin_email: contact.optin_email === true,
    email: textOf(contact.email),
    subscribed,
    last_interaction: toW3c(contact.last_interaction),
    last_seen: toW3c(contact.last_seen) ?? subscribed,
    is_followup_enabled: contact.is_followup_enabled !== false,
    ig_username: textOf(contact.ig_username),
    ig_id: /^\d+$/.test(textOf(contact.ig_id)) ? BigInt(textOf(contact.ig_id)) : 0,
    whatsapp_phone: textOf(contact.whatsapp_phone),
    whatsapp_bsuid: contact.whatsapp_bsuid ?? null,
    whatsapp_username: contact.whatsapp_username ?? null,
    optin_whatsapp: contact.optin_whatsapp === true,
    custom_fields: account.fields.map(field => ({ ...field, value: fieldValue(fields, field.name) })),
    tags: tags.map(account.tagNamed),
  }
}

/** Content and the conversation set fields without asking the page, which has to have them. */
export function learnFields({ contact }: Subscriber, account: Account): void {
  for (const [name, value] of Object.entries(contact.custom_fields ?? {})) account.fieldNamed(name, value)
}

/** null: empty. */
export function fieldValue(fields: Contact['custom_fields'], name: string): StoredValue {
  return Object.entries(fields ?? {}).findLast(([own]) => isSameName(own, name))?.[1] ?? null
}

function showRef(ref: NonNullable<Contact['user_refs']>[number], subscribed: string) {
  const { user_ref, opted_in } = typeof ref === 'string' ? { user_ref: ref, opted_in: undefined } : ref
  return { user_ref, opted_in: toW3c(opted_in) ?? subscribed }
}

/** People edit contacts in the simulator, and may type a number. */
function textOf(value: unknown): string {
  return value == null ? '' : String(value)
}

function toW3c(time: number): string
function toW3c(time: unknown): string | null
function toW3c(time: unknown): string | null {
  const date = new Date((time ?? '') as string | number)
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.\d+Z$/, '+00:00')
}
