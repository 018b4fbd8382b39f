import { createError } from '../errors/errors.ts'

/** What the system says of an address that can't be had. */
const codes = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES']

/** The coded error of an address that can't be listened on; anything else that went wrong there, as it is. */
export function listenFailure(error: unknown, address: { host: string; setting: string; port: number }): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  return codes.includes(code) ? createError('DYN_LISTEN_FAILED', { ...address, got: code }, { cause: error }) : error
}
