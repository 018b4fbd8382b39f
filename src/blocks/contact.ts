/**
 * Full Contact Data as ManyChat sends it. Every field but `id` may be missing or null, and ManyChat adds fields without
 * notice: they are kept. Ids, and every number of 16 digits and more, are strings of digits, exact.
 */
export interface Contact {
  /** The subscriber id, up to 19 digits. */
  id: string
  key?: string | null
  page_id?: string | null
  ig_id?: string | null
  user_refs?: (string | { user_ref: string; opted_in?: unknown })[] | null
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
  last_growth_tool?: string | { id: unknown; name: string | null } | null
  phone?: string | null
  email?: string | null
  phone_country_code?: string | null
  whatsapp_phone?: string | null
  whatsapp_username?: string | null
  whatsapp_bsuid?: string | null
  ig_username?: string | null
  tt_username?: string | null
  optin_phone?: boolean | null
  optin_email?: boolean | null
  optin_whatsapp?: boolean | null
  is_followup_enabled?: boolean | null
  /** ISO 8601, like the other times. */
  subscribed?: string | null
  last_interaction?: string | null
  last_seen?: string | null
  ig_last_interaction?: string | null
  ig_last_seen?: string | null
  custom_fields?: Record<string, string | number | boolean | null> | null
  [field: string]: unknown
}
