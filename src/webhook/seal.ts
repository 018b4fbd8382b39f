import { createSigner, createVerifier } from 'fast-jwt'
import type { SealClaims, Sign } from '../calls/seal-claims.ts'
import { createError } from '../errors/errors.ts'

/** The contents of a valid token. */
export interface Unsealed {
  claims: SealClaims
  expired: boolean
}

export interface Seal {
  sign: Sign
  /**
   * Verifies a token of this server and returns its claims, even if it has expired.
   *
   * @throws DynablockError `DYN_SEAL_REFUSED` for anything that was not signed with one of the keys
   */
  open(token: unknown): Unsealed
}

export interface SealOptions {
  /** The first key signs and all verify, so a key can be replaced without breaking the buttons already sent. */
  keys: readonly [string, ...string[]]
  /** Milliseconds since 1970. */
  now: () => number
}

/** Seals state into tokens: JWTs signed with HS256. Anyone who sees one can read it; nobody else can make one. */
export function createSeal({ keys, now }: SealOptions): Seal {
  const sign = createSigner({ key: keys[0], algorithm: 'HS256', noTimestamp: true })
  // Expiry is checked separately from forgery: an old button gets an answer, a forged one doesn't.
  const verifiers = keys.map(key => createVerifier({ key, algorithms: ['HS256'], ignoreExpiration: true }))
  return { sign, open }

  function open(token: unknown): Unsealed {
    if (typeof token !== 'string') throw createError('DYN_SEAL_REFUSED', { got: token == null ? 'nothing' : 'no text' })
    for (const verify of verifiers) {
      try {
        const claims = verify(token) as SealClaims
        return { claims, expired: claims.exp * 1000 <= now() }
      } catch {
        // Another key may have signed it.
      }
    }
    throw createError('DYN_SEAL_REFUSED', { got: 'one that this server did not sign, or that was changed' })
  }
}
