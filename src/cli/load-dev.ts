import { createError, DynablockError } from '../errors/errors.ts'
import type { Command } from './command.ts'

/**
 * Loads a module that only development needs and the image leaves out.
 *
 * @throws DynablockError `DYN_DEV_MISSING` when the module is missing
 */
export async function loadDev<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // The message names the missing module first, then the module that imports it.
    const isLeftOut = code === 'ERR_MODULE_NOT_FOUND' && /^[^']*'[^']*[\\/]dev[\\/]/.test(message)
    throw isLeftOut ? createError('DYN_DEV_MISSING', { what }, { cause: error }) : error
  }
}

/** In place of a command that can't be loaded: says why. */
export function refuse(error: unknown): Command {
  if (!(error instanceof DynablockError)) throw error
  const { code, message } = error
  return async (_args, { write }) => {
    write(`${code}: ${message}\n`)
    return 2
  }
}
