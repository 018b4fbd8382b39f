/** The variables that ManyChat puts into bodies, payloads and headers. */
import type { Contact } from '../../blocks/contact.ts'
import { toWire } from './contact.ts'

/** In a body: the whole contact, in place of the quoted variable. */
export const fullContactData = '{{full_contact_data}}'

/**
 * Fills the variables of a value: `{{user_id}}`, `{{last_input_text}}`, and every other field of the contact by its name.
 * An empty field is empty text; a variable that names no field stays as it is, as ManyChat leaves what it can't render.
 */
export function render(value: unknown, contact: Contact): unknown {
  if (value === fullContactData) return toWire(contact)
  if (typeof value === 'string') return renderText(value, contact)
  if (Array.isArray(value)) return value.map(member => render(member, contact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, render(member, contact)]))
}

export function renderText(text: string, contact: Contact): string {
  return text.replace(/\{\{(\w+)\}\}/g, (variable, name: string) => {
    const field = name === 'user_id' ? 'id' : name
    const value = Object.hasOwn(contact, field) ? contact[field] : variable
    return typeof value === 'object' ? (value === null ? '' : variable) : String(value)
  })
}

export function renderHeaders(headers: Record<string, string>, contact: Contact): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, renderText(value, contact)]))
}
