import { createError } from '../errors/errors.ts'

/** Returns a key that a header can carry; throws `DYN_CLIENT_OPTIONS` for any other. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key)) return key
  throw createError('DYN_CLIENT_OPTIONS', {
    expected: 'a key without spaces or line breaks',
    got: typeof key === 'string' && key !== '' ? 'one with a character that a header cannot hold' : 'none',
    remedy: 'Copy it again.',
  })
}

/** Returns an http or https address without its trailing slash; throws `DYN_CLIENT_OPTIONS` for any other. */
export function checkAddress(address: string): string {
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return address.replace(/\/+$/, '')
  throw createError('DYN_CLIENT_OPTIONS', {
    expected: 'a baseUrl of http or https',
    got: 'another address',
    remedy: 'Omit it to call the service itself.',
  })
}
