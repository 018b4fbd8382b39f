/** A block without code: v2 content in a `.json` file, whose strings may be Liquid templates. */
import { inspectContent } from '../content/check.ts'
import type { Content } from '../content/content.ts'
import type { InspectOptions } from '../content/inspect.ts'
import { createProblem, type Problem } from '../content/problem.ts'
import { misplacedText } from '../content/shape.ts'
import { dataOf } from '../errors/errors.ts'
import { parseBigints } from '../json/exact-json.ts'
import { escapeKey } from '../json/pointer.ts'
import { type Block, defineBlock } from './define.ts'
import { sampleContact } from './sample.ts'
import { isTemplate, readTemplate, type Scope, type TemplateFault } from './template.ts'

/** A problem in the file of a JSON block: content that breaks a rule, or a template that doesn't parse or render. */
export type Finding = Omit<Problem, 'rule'> & { rule: Problem['rule'] | 'template' }

export interface JsonBlock {
  block: Block
  /** The problems that every call on that channel would meet, with pointers into the file. */
  inspect(options?: InspectOptions): Finding[]
}

type Render = (scope: Scope) => unknown

/**
 * Reads a JSON block: a whole answer, or content alone.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function readJsonBlock(text: string): JsonBlock {
  const broken: Finding[] = []
  const templates = new Set<string>()
  const render = compile(parseBigints(text), '', false)
  return { block: defineBlock({ open: call => render(call) as Content }), inspect }

  /** Parts without templates are not copied for each call. */
  function compile(value: unknown, path: string, inPayload: boolean): Render {
    if (typeof value === 'string') return isTemplate(value) ? compileText(value, path, inPayload) : () => value
    if (typeof value !== 'object' || value === null) return () => value
    const size = templates.size
    const members = Object.entries(value).map(([key, member]) => {
      return [key, compile(member, `${path}/${escapeKey(key)}`, inPayload || key === 'payload')] as const
    })
    if (templates.size === size) return () => value
    if (Array.isArray(value)) return scope => members.map(([, render]) => render(scope))
    return scope => Object.fromEntries(members.map(([key, render]) => [key, render(scope)]))
  }

  function compileText(text: string, path: string, inPayload: boolean): Render {
    templates.add(path)
    const template = readTemplate(text, { path, inPayload })
    if (typeof template === 'function') return template
    broken.push({ path, rule: 'template', severity: 'error', ...template })
    return () => text
  }

  function inspect(options: InspectOptions = {}): Finding[] {
    const { channel = 'messenger' } = options
    try {
      const sample = render({ contact: sampleContact, input: 'Hello', channel, extras: {} })
      const found = inspectContent(sample, options)
      return [
        ...broken,
        ...found.flatMap(problem => (templates.has(problem.path) ? judgeTemplate(problem) : [problem])),
      ]
    } catch (error) {
      const { message, ...data } = error as TemplateFault
      return [...broken, { path: '', rule: 'template', severity: 'error', message, ...dataOf(data) }]
    }
  }
}

/** With lengths, the rules whose verdict on the sample contact holds. */
const judgedBySample = new Set<Problem['rule']>(['unknown-key', 'button-actions', 'text-limit', 'text-split'])

/** What a problem of the sample says of other calls: a template where no text may be is wrong in each of them. */
function judgeTemplate(problem: Problem): Problem[] {
  const { path, rule, expected, got } = problem
  if (got === misplacedText) return [createProblem(path, 'value', dataOf({ expected, got }))]
  const holds = judgedBySample.has(rule) || rule.endsWith('-length')
  return holds ? [problem] : []
}
