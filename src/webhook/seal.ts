import { createSigner, createVerifier } from 'fast-jwt'
import type { Claims, Sign } from '../blocks/claims.ts'
import { createError } from '../errors.ts'

/** What a genuine token holds. */
export interface Unsealed {
  claims: Claims
  expired: boolean
}

export interface Seal {
  sign: Sign
  /**
   * Reads a token of this server.
   *
   * @throws DynablockError `DYN_SEAL_REFUSED` for anything that was not signed with one of the keys
   */
  open(token: unknown): Unsealed
}

export interface SealOptions {
  /** The first signs, all verify, so that a key can be replaced without breaking the buttons that are out. */
  keys: readonly [string, ...string[]]
  /** Milliseconds since 1970. */
  now: () => number
}

/** Seals state into tokens: JWTs by HS256. They can be read by whoever sees them, and made by nobody else. */
export function createSeal({ keys, now }: SealOptions): Seal {
  const sign = createSigner({ key: keys[0], algorithm: 'HS256', noTimestamp: true })
  // Expiry is told apart from forgery: an old button gets an answer, a forged one doesn't.
  const verifiers = keys.map(key => createVerifier({ key, algorithms: ['HS256'], ignoreExpiration: true }))
  return { sign, open }

  function open(token: unknown): Unsealed {
    if (typeof token !== 'string') throw createError('DYN_SEAL_REFUSED', { got: token == null ? 'nothing' : 'no text' })
    for (const verify of verifiers) {
      try {
        const claims = verify(token) as Claims
        return { claims, expired: claims.exp * 1000 <= now() }
      } catch {
        // Another key may have signed it; which one failed is nobody's business.
      }
    }
    throw createError('DYN_SEAL_REFUSED', { got: 'one that this server did not sign, or that was changed' })
  }
}
