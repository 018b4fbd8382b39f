import { createError } from '../errors/errors.ts'
import type { Content } from './content.ts'
import type { InspectOptions } from './inspect.ts'
import { formatProblems, isError, type Problem } from './problem.ts'
import { repairContent } from './repair.ts'

export interface CheckOptions extends InspectOptions {
  /** Called with each warning and each repair. */
  onWarning?: ((problem: Problem) => void) | undefined
}

/**
 * Returns the content in the form the channel accepts: with its `type`, without `quick_replies` if it has none, and with
 * repairs that lose no word. It takes a whole answer, too. The argument is not changed.
 *
 * @throws DynablockError `DYN_CONTENT_INVALID` naming each error by JSON pointer and rule
 */
export function checkContent(given: unknown, options: CheckOptions = {}): Content {
  const { content, problems } = repairContent(given, options)
  if (problems.length > 0) {
    if (problems.some(isError)) {
      // An unknown key is told with the errors: it may be the misspelt name of what is missing.
      const told = problems.filter(problem => isError(problem) || problem.rule === 'unknown-key')
      const list = told.map(({ path, ...problem }) => ({ subject: path || '/', ...problem }))
      throw createError('DYN_CONTENT_INVALID', { problems: formatProblems(told) }, { problems: list })
    }
    for (const warning of problems) options.onWarning?.(warning)
  }
  return content as Content
}

/**
 * Lists what is wrong with content, or with a whole answer: errors, which ManyChat refuses; warnings, which the channel
 * cuts or may not show; and what `checkContent` repairs. Never throws, whatever the value.
 */
export function inspectContent(given: unknown, options: InspectOptions = {}): Problem[] {
  return repairContent(given, options).problems
}
