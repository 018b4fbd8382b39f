import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { Block } from '../blocks/define.ts'
import { declaredPath } from '../json/declared-path.ts'
import type { CallRecord } from './record.ts'
import { menuStep, silentStep } from './seal-claims.ts'

const checks = new WeakMap<TSchema, TypeCheck<TSchema>>()

/** Whether the block still accepts the call: the step or its state's schema may have changed since it was sealed or stored. */
export function stillLeads(block: Block, { step, state, listener }: CallRecord): boolean {
  if (step === null) return true
  if (step === menuStep || step === silentStep) return listener !== undefined
  return Object.hasOwn(block.steps, step) && stateProblem(block, step, state) === undefined
}

/** What is wrong with the state of a step, without quoting it; undefined when it fits. */
export function stateProblem(block: Block, step: string, state: unknown): string | undefined {
  const schema = Object.hasOwn(block.states, step) ? block.states[step] : undefined
  if (!schema) return state === undefined ? undefined : 'a state, though none is declared'
  return state === undefined ? 'no state' : mismatch(schema, state)
}

/** Where a value differs from its schema, without quoting it; undefined when it fits. */
export function mismatch(schema: TSchema, value: unknown): string | undefined {
  const check = checkOf(schema)
  if (check.Check(value)) return undefined
  const error = check.Errors(value).First()
  return `another at ${declaredPath(schema, error?.path ?? '') || '/'} (${error?.schema.type ?? 'value'} expected)`
}

function checkOf(schema: TSchema): TypeCheck<TSchema> {
  const known = checks.get(schema)
  if (known) return known
  const check = TypeCompiler.Compile(schema)
  checks.set(schema, check)
  return check
}
