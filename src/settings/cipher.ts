/** Encrypts what rests in the store: AES-256-GCM, with keys derived from STATE_KEYS. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { createError } from '../errors/errors.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const keyBytes = 32
const nameBytes = 9

/** What is encrypted. One purpose can't decrypt what belongs to the other. */
export type CipherPurpose = 'app keys' | 'memory'

export interface Cipher {
  /** A name for each key, which tells nothing of the key: the one that encrypts first. */
  keyNames: readonly [string, ...string[]]
  /** Encrypts with the first key. Decrypting takes the same `context`, so that records can't be swapped. */
  encrypt(text: string, context: string): string
  /**
   * Decrypts what was encrypted with any of the keys.
   *
   * @throws DynablockError `DYN_SECRET_UNREADABLE` when no key fits, or the text or its context was changed
   */
  decrypt(sealed: string, context: string): string
  /** Encrypts with the first key what another key encrypted; null if the first key did. Throws as `decrypt` does. */
  renew(sealed: string, context: string): string | null
}

/** @param keys the first encrypts and all decrypt, so that a key can be replaced */
export function createCipher(keys: readonly string[], purpose: CipherPurpose): Cipher {
  const derive = (key: string, info: string, bytes: number) => Buffer.from(hkdfSync('sha256', key, '', info, bytes))
  const derived = keys.map(key => derive(key, `dynablock ${purpose}`, keyBytes))
  const names = keys.map(key => derive(key, `dynablock ${purpose}, name`, nameBytes).toString('base64url'))
  return { keyNames: names as [string, ...string[]], encrypt, decrypt, renew }

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
