import { timingSafeEqual } from 'node:crypto'

const expected = Buffer.from(`Bearer ${readSecret()}`)

export function readSecret(): string {
  const { SECRET } = process.env
  if (!SECRET) throw new Error('SECRET is not set')
  return SECRET
}

/** Whether the header carries the secret, compared in constant time. */
export function isAuthorized(header = ''): boolean {
  const given = Buffer.from(header)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
