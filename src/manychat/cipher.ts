/** Keeps secrets at rest: AES-256-GCM, keys derived from STATE_KEYS. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { createError } from '../errors.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

export interface Cipher {
  /** Encrypts under the first key; `context` must be given again to read it, so that records can't be swapped. */
  encrypt(text: string, context: string): string
  /**
   * Decrypts what any of the keys encrypted.
   *
   * @throws DynablockError `DYN_SECRET_UNREADABLE` when none did, or when it was changed
   */
  decrypt(sealed: string, context: string): string
  /** Encrypts anew what another key than the first encrypted, null when the first did. Throws as `decrypt`. */
  renew(sealed: string, context: string): string | null
}

/** @param keys the first encrypts, all decrypt, so that a key can be replaced */
export function createCipher(keys: readonly string[]): Cipher {
  const derived = keys.map(key => Buffer.from(hkdfSync('sha256', key, '', 'dynablock app keys', 32)))
  return { encrypt, decrypt, renew }

  function encrypt(text: string, context: string): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv(algorithm, derived[0] as Buffer, iv).setAAD(Buffer.from(context))
    const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
  }

  function decrypt(sealed: string, context: string): string {
    return open(sealed, context).text
  }

  function renew(sealed: string, context: string): string | null {
    const { text, isCurrent } = open(sealed, context)
    return isCurrent ? null : encrypt(text, context)
  }

  function open(sealed: string, context: string): { text: string; isCurrent: boolean } {
    const bytes = Buffer.from(sealed, 'base64url')
    for (const key of derived) {
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
        decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
        const text = decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
        return { text, isCurrent: key === derived[0] }
      } catch {
        // Another key may have encrypted it.
      }
    }
    throw createError('DYN_SECRET_UNREADABLE')
  }
}
