import { parseExact } from './exact-json.ts'

/** Whether it is an object of members: no list, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON object that the text is; null for any other text. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value = parseExact(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
