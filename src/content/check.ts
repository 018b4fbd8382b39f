import { createError } from '../errors.ts'
import { capabilities, hasQuickReplies } from './channels.ts'
import type { Content } from './content.ts'
import { type InspectOptions, inspectContent } from './inspect.ts'
import { formatProblems, type Problem } from './problem.ts'

export interface CheckOptions extends InspectOptions {
  /** Is told what is only a warning. */
  onWarning?: (problem: Problem) => void
}

/**
 * Returns the content as the channel takes it: `type` set, and no `quick_replies` where the channel has none. What it was
 * given is not changed.
 *
 * @throws DynablockError `DYN_CONTENT_INVALID` naming each error by JSON pointer and rule
 */
export function checkContent(content: unknown, options: CheckOptions = {}): Content {
  const problems = inspectContent(content, options)
  if (problems.length > 0) {
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw createError('DYN_CONTENT_INVALID', { got: formatProblems(errors) })
    if (options.onWarning) problems.forEach(options.onWarning)
  }
  return fit(content as Content, options)
}

/** Most content already is as the channel takes it, and is not copied. */
function fit(content: Content, { channel = content.type ?? 'messenger' }: CheckOptions): Content {
  const type = capabilities[channel].type ?? undefined
  const drops = content.quick_replies !== undefined && !hasQuickReplies(channel)
  if (content.type === type && !drops) return content
  const { type: _type, quick_replies, ...rest } = content
  return { ...(type && { type }), ...rest, ...(quick_replies && !drops && { quick_replies }) }
}
