/** Checks that the field and the flow of each FALLBACK_FLOWS entry exist on its page. */
import type { Config } from '../../settings/config.ts'
import { type Finding, findingsOf } from './finding.ts'
import type { Page } from './pages.ts'

const { ok, problem, skipped } = findingsOf('fallback-flows')

export function examineFallbackFlows(fallbackFlows: Config['fallbackFlows'], pages: readonly Page[]): Finding[] {
  return [...fallbackFlows].flatMap(([page, entry]) => {
    const subject = `FALLBACK_FLOWS of page ${page}`
    const expected = `the field "${entry.field}" of type text, and the flow ${entry.flow}`
    const { field, flow } = pages.find(known => known.page === page) ?? { field: null, flow: null }
    if (field === null || flow === null) return [skipped(subject, expected, 'no page to ask')]
    const type = field.get(entry.field)
    const missing = [
      ...(field.has(entry.field) ? [] : ['no such field']),
      ...(type === undefined || type === 'text' ? [] : [`a field of type ${type}`]),
      ...(flow.has(entry.flow) ? [] : ['no such flow']),
    ]
    if (missing.length === 0) return [ok(subject, expected, 'both')]
    return [
      problem(subject, expected, missing.join(', and '), 'Create what is missing in ManyChat, or correct the entry.'),
    ]
  })
}
