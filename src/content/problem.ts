import { dataOf } from '../errors/errors.ts'
import { type ErrorData, fillIn } from '../errors/row.ts'
import { type Rule, type RuleRow, rules, type Severity } from './rules.ts'

/** Enough to work with: a block that returns a million wrong messages must not cost a million explanations. */
export const maxProblems = 50

/** What is wrong with content, and where. Neither the message nor the data quotes a text of the content. */
export interface Problem extends ErrorData {
  /** JSON pointer into the content, like `/messages/0/buttons/2/caption`. */
  path: string
  rule: Rule
  severity: Severity
  /** Says what is wrong and what to do. */
  message: string
}

export interface Values extends ErrorData {
  /** For `{names}`: what `expected` allows, without "one of". */
  names?: readonly string[]
  /** For `{channel}`. */
  channel?: string
  /** For `{done}` and `{parts}`: what a repair did. */
  done?: string
  parts?: number
  /** Put between the sentence and the remedy. */
  hint?: string
}

export function createProblem(path: string, rule: Rule, { names, hint, ...values }: Values = {}): Problem {
  const { severity, sentence, remedy }: RuleRow = rules[rule]
  const expected = values.expected ?? (names && (names.length === 1 ? names[0] : `one of ${names.join(', ')}`))
  const told = fillIn(sentence, { ...values, expected, names: names?.join(', ') })
  const message = [told, hint, remedy].filter(Boolean).join(' ')
  return { path, rule, severity, message, ...dataOf({ expected, got: values.got, remedy }) }
}

/** Adds a problem to those of one content, unless there are as many errors, or as many others, as anybody reads. */
export function addProblem(problems: Problem[], path: string, rule: Rule, values?: Values): void {
  if (problems.length >= maxProblems) {
    if (rules[rule].severity !== 'error' || problems.filter(isError).length >= maxProblems) return
  }
  problems.push(createProblem(path, rule, values))
}

export function isError({ severity }: { severity: Severity }): boolean {
  return severity === 'error'
}

/** At most `maxProblems`: if there are more, errors come first, so that no error is missed. */
export function firstProblems(problems: Problem[]): Problem[] {
  if (problems.length <= maxProblems) return problems
  return [...problems.filter(isError), ...problems.filter(problem => !isError(problem))].slice(0, maxProblems)
}

/** The problems as lines to read. */
export function formatProblems(problems: readonly { path: string; rule: string; message: string }[]): string {
  return problems.map(({ path, rule, message }) => `- ${path || '/'} (${rule}): ${message}`).join('\n')
}
