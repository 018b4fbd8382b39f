import type { ContactFields } from '../manychat/answers.ts'

/**
 * A contact. To read a field that isn't listed in `FullContactData`, such as one that ManyChat added recently, name it:
 * `const { tier } = contact as Contact<{ tier?: string | null }>`.
 */
export type Contact<Fields = unknown> = FullContactData & Fields

/**
 * Full Contact Data as ManyChat sends it. Every field except `id` may be missing or null. ManyChat adds fields without
 * notice; they are kept. Ids and all integers of 16 digits or more are strings of digits, so they stay exact.
 */
export interface FullContactData extends ContactFields {
  user_refs?: (string | { user_ref: string; opted_in?: unknown })[] | null
  last_growth_tool?: string | { id: unknown; name: string | null } | null
  phone_country_code?: string | null
  whatsapp_username?: string | null
  whatsapp_bsuid?: string | null
  tt_username?: string | null
  is_followup_enabled?: boolean | null
  ig_last_interaction?: string | null
  ig_last_seen?: string | null
  custom_fields?: Record<string, string | number | boolean | null> | null
}
