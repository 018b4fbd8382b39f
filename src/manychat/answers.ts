/**
 * ManyChat's answers, as far as they are documented. They are read leniently: any field may be missing, and fields that
 * are not listed here are kept. Ids and integers of 16 digits or more are strings of digits.
 */
import type { StoredValue } from './custom-fields.ts'
import type { FieldType } from './params.ts'

interface Open {
  [field: string]: unknown
}

export interface Page extends Open {
  id: string
  name?: string | null
  category?: string | null
  avatar_link?: string | null
  username?: string | null
  about?: string | null
  description?: string | null
  is_pro?: boolean | null
  /** Like `America/New_York`. */
  timezone?: string | null
}

export interface Tag extends Open {
  id: string
  name: string
}

export interface CustomField extends Open {
  id: string
  name: string
  type?: FieldType
  description?: string | null
}

/** A field that all contacts share. */
export interface BotField extends CustomField {
  value?: StoredValue
}

export interface GrowthTool extends Open {
  id: string
  name: string
  type?: string
}

export interface OtnTopic extends Open {
  id: string
  name: string
  description?: string | null
}

export interface Flows extends Open {
  /** `ns` is the `flow_ns` of `sendFlow`. */
  flows: ({ ns: string; name: string; folder_id?: string | null } & Open)[]
  folders?: ({ id: string; name: string } & Open)[]
}

/** What Full Contact Data and the Public API have in common. Every field but `id` may be missing or null. */
export interface ContactFields {
  /** The subscriber id, up to 19 digits. */
  id: string
  key?: string | null
  page_id?: string | null
  ig_id?: string | null
  status?: string | null
  first_name?: string | null
  last_name?: string | null
  name?: string | null
  gender?: string | null
  profile_pic?: string | null
  locale?: string | null
  language?: string | null
  /** Like `UTC-07`. */
  timezone?: string | null
  live_chat_url?: string | null
  last_input_text?: string | null
  phone?: string | null
  email?: string | null
  whatsapp_phone?: string | null
  ig_username?: string | null
  optin_phone?: boolean | null
  optin_email?: boolean | null
  optin_whatsapp?: boolean | null
  /** ISO 8601, like the other times. */
  subscribed?: string | null
  last_interaction?: string | null
  last_seen?: string | null
}

/** A contact as the Public API returns it. Its `custom_fields` are a list: see `readCustomFields`. */
export interface Subscriber extends Open, ContactFields {
  tags?: Tag[] | null
  custom_fields?: (CustomField & { value?: StoredValue })[] | null
  user_refs?: ({ user_ref: string } & Open)[] | null
}

export interface InstallationLink extends Open {
  hash_code: string
  installation_link: string
}

const idName = /^(?:id|user_ref|[a-z_]+_id)$/

/** Turns numbers under the names of ids into strings, in place. The values of custom fields are left alone. */
export function stringifyIds(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'number' && idName.test(name)) Object.assign(data, { [name]: String(value) })
    // The keys of a custom_fields object are chosen by people, who may well name one "order_id".
    else if (name !== 'custom_fields' || Array.isArray(value)) stringifyIds(value)
  }
  return data
}
