import { KindGuard, type Static, type TSchema, type TUnsafe } from '@sinclair/typebox'
import { isObject } from '../json/object.ts'

/** What a block keeps about each contact. */
export interface MemoryOptions<T extends TSchema = TSchema> {
  /** The shape of what is remembered. */
  schema: T
  /** For how many days after the last write, 1 to 3650. */
  keepDays: number
  /**
   * Turns what an earlier version of the block remembered into the shape of today. Without it, or where it returns
   * undefined, the block begins with nothing.
   */
  migrate?(old: unknown): Static<T> | undefined | Promise<Static<T> | undefined>
}

/** The schema of a block without memory. The compiler's message shows the text. */
export type NoMemory = TUnsafe<'this block has no option memory'>

export const maxKeepDays = 3650

/** What is wrong with the option; false when nothing is. */
export function findMemoryProblem(value: unknown): string | false {
  const { schema, keepDays, migrate, ...others } = (isObject(value) ? value : {}) as Record<string, unknown>
  if (Object.keys(others).length > 0 || !KindGuard.IsSchema(schema)) {
    return 'an object with schema, written with Type, keepDays, and perhaps migrate'
  }
  if (!Number.isInteger(keepDays) || Number(keepDays) < 1 || Number(keepDays) > maxKeepDays) {
    return `an object whose keepDays is a whole number from 1 to ${maxKeepDays}`
  }
  return migrate !== undefined && typeof migrate !== 'function' && 'an object whose migrate is a function'
}
