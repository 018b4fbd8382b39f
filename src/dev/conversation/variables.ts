/** The variables that ManyChat fills in bodies, payloads and headers. */
import type { Contact } from '../../blocks/contact.ts'
import { toWire } from './contact.ts'

/** In a body, the string becomes the contact as an object. */
export const fullContactData = '{{full_contact_data}}'

/**
 * Fills the variables in a value: `{{user_id}}`, `{{last_input_text}}`, and every other field of the contact by name.
 * An empty field becomes empty text. Like ManyChat, leaves a variable that names no field unchanged.
 */
export function render(value: unknown, contact: Contact): unknown {
  if (value === fullContactData) return toWire(contact)
  if (typeof value === 'string') return renderText(value, contact)
  if (Array.isArray(value)) return value.map(member => render(member, contact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, render(member, contact)]))
}

export function renderText(text: string, contact: Contact): string {
  const fields: Record<string, unknown> = { ...contact }
  return text.replace(/\{\{(\w+)\}\}/g, (variable, name: string) => {
    const field = name === 'user_id' ? 'id' : name
    const value = Object.hasOwn(fields, field) ? fields[field] : variable
    return typeof value === 'object' ? (value === null ? '' : variable) : String(value)
  })
}

export function renderHeaders(headers: Record<string, string>, contact: Contact): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, renderText(value, contact)]))
}
