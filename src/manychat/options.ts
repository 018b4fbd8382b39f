import { createError } from '../errors.ts'

/** A key that can stand in a header; returns it. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key)) return key
  throw createError('DYN_CLIENT_OPTIONS', {
    expected: 'a key without spaces or line breaks',
    got: typeof key === 'string' && key !== '' ? 'one with a character that a header cannot hold' : 'none',
    remedy: 'Copy it anew.',
  })
}

/** An address of http or https; returns it without the slash at its end. */
export function checkAddress(address: string): string {
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return address.replace(/\/+$/, '')
  throw createError('DYN_CLIENT_OPTIONS', {
    expected: 'a baseUrl of http or https',
    got: 'another address',
    remedy: 'Leave it away for the service itself.',
  })
}
