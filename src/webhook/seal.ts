import { createSigner, createVerifier } from 'fast-jwt'
import { SealClaims, type Sign } from '../calls/seal-claims.ts'
import { mismatch } from '../calls/state.ts'
import { createError, type DynablockError } from '../errors/errors.ts'

/** A token as the `state` of a body. What a contact writes can't look like this: a quote within a text is escaped. */
const sealedState = /"state"\s*:\s*"([\w-]+\.[\w-]+\.[\w-]+)"/
/** The 32 bytes of a signature take 43 characters, of which the last has two bits to spare: they must be 0. */
const canonicalEnd = /\.[\w-]{42}[AEIMQUYcgkosw048]$/

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
  open(token: string): Unsealed
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

  function open(token: string): Unsealed {
    for (const verify of canonicalEnd.test(token) ? verifiers : []) {
      try {
        const claims = verify(token)
        // Whoever has a key could sign anything.
        if (mismatch(SealClaims, claims) !== undefined) break
        return { claims, expired: claims.exp * 1000 <= now() }
      } catch {
        // Another key may have signed it.
      }
    }
    throw createError('DYN_SEAL_REFUSED', { got: 'one that this server did not sign, or that was changed' })
  }
}

/**
 * The token in the text of a body, which hasn't been parsed yet: a stranger's body shouldn't be.
 *
 * @throws DynablockError `DYN_SEAL_REFUSED` when there is none
 */
export function findSealed(text: string): string {
  const token = sealedState.exec(text)?.[1]
  if (token === undefined) throw noSeal()
  return token
}

export function noSeal(): DynablockError {
  return createError('DYN_SEAL_REFUSED', { got: 'none' })
}
