import { KindGuard } from '@sinclair/typebox'
import { closest } from 'fastest-levenshtein'
import { createError } from '../errors/errors.ts'
import { isObject } from '../json/object.ts'
import { findMemoryProblem } from './memory.ts'
import { channelsOf } from './stock-replies.ts'

/** ManyChat hangs up after 10 s, and the network takes its share of that. */
export const maxReplyWithinMs = 9500
/** A handler that needs less than a second is hardly ever late; after a day nobody is waiting for the answer. */
export const minLateWithinMs = 1000
export const maxLateWithinMs = 86_400_000

/** The names that a block may have. */
export const blockName = /^[a-zA-Z0-9][\w-]{0,63}$/
const stepName = /^[a-zA-Z][\w-]{0,63}$/

const options: Record<string, (value: unknown) => string | false> = {
  description: value => typeof value !== 'string' && 'text',
  states: value => !isObject(value) && 'an object of schemas by step',
  open: value => typeof value !== 'function' && 'a function',
  steps: value => !isObject(value) && 'an object of functions by step',
  memory: findMemoryProblem,
  waiting: value => isShownNowhere(value) && 'content that at least one channel takes',
  fallback: value => isShownNowhere(value) && 'content that at least one channel takes',
  expired: value => isShownNowhere(value) && 'content that at least one channel takes',
  latePrefix: value => typeof value !== 'string' && 'text',
  replyWithinMs: value => !isWhole(value, maxReplyWithinMs) && `a whole number from 1 to ${maxReplyWithinMs}`,
  lateWithinMs: value =>
    (!isWhole(value, maxLateWithinMs) || (value as number) < minLateWithinMs) &&
    `a whole number from ${minLateWithinMs} to ${maxLateWithinMs}`,
  rerun: value => typeof value !== 'boolean' && 'true or false',
  expiresAfterSeconds: value => !isWhole(value, Number.MAX_SAFE_INTEGER) && 'a whole number from 1',
}

/**
 * Refuses an invalid definition, in words for its author.
 *
 * @throws DynablockError `DYN_BLOCK_INVALID`
 */
export function validateDefinition(definition: object): void {
  if (!isObject(definition)) {
    refuse('a definition, which is an object', describe(definition), 'Write defineBlock({ open: … }).')
  }
  const { open, states = {}, steps = {} } = definition as { open?: unknown; states?: object; steps?: object }
  for (const [key, value] of Object.entries(definition)) {
    const check = options[key]
    if (!check) refuse('options that a block has', `"${key}"`, `Did you mean "${closest(key, Object.keys(options))}"?`)
    const expected = value !== undefined && check(value)
    if (expected) refuse(`${key} to be ${expected}`, describe(value), 'Change it in defineBlock().')
  }
  if (open === undefined) refuse('open to be a function', 'nothing', 'Add open: call => … to defineBlock().')
  for (const [name, step] of Object.entries(steps)) {
    if (!stepName.test(name)) refuse('step names of letters, digits, _ and -', `"${name}"`, 'Rename the step.')
    if (typeof step !== 'function') refuse(`step "${name}" to be a function`, describe(step), 'Write a handler there.')
  }
  for (const [name, schema] of Object.entries(states)) {
    if (!Object.hasOwn(steps, name))
      refuse('states of steps that exist', `"${name}"`, 'Add the step, or drop its state.')
    if (!KindGuard.IsSchema(schema))
      refuse(`state of "${name}" to be a schema`, describe(schema), 'Write it with Type.Object({ … }).')
  }
}

function refuse(expected: string, got: string, remedy: string): never {
  throw createError('DYN_BLOCK_INVALID', { expected, got, remedy })
}

function isWhole(value: unknown, maximum: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maximum
}

function isShownNowhere(value: unknown): boolean {
  return channelsOf(value).length === 0
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'nothing'
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
