import { createError } from '../errors/errors.ts'
import { capabilities, hasQuickReplies } from './channels.ts'
import type { Content } from './content.ts'
import { type InspectOptions, inspectContent } from './inspect.ts'
import { formatProblems, type Problem } from './problem.ts'

export interface CheckOptions extends InspectOptions {
  /** Called with each warning. */
  onWarning?: (problem: Problem) => void
}

/**
 * Returns the content in the form the channel accepts: with its `type`, and without `quick_replies` if it has none. The
 * argument is not changed.
 *
 * @throws DynablockError `DYN_CONTENT_INVALID` naming each error by JSON pointer and rule
 */
export function checkContent(content: unknown, options: CheckOptions = {}): Content {
  const problems = inspectContent(content, options)
  if (problems.length > 0) {
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) {
      const list = errors.map(({ path, ...problem }) => ({ subject: path || '/', ...problem }))
      throw createError('DYN_CONTENT_INVALID', { problems: formatProblems(errors) }, { problems: list })
    }
    for (const warning of problems) options.onWarning?.(warning)
  }
  return fit(content as Content, options)
}

/** Most content already has the right form and is returned without a copy. */
function fit(content: Content, { channel = content.type ?? 'messenger' }: CheckOptions): Content {
  const type = capabilities[channel].type ?? undefined
  const drops = content.quick_replies !== undefined && !hasQuickReplies(channel)
  if (content.type === type && !drops) return content
  const { type: _type, quick_replies, ...rest } = content
  return { ...(type && { type }), ...rest, ...(quick_replies && !drops && { quick_replies }) }
}
