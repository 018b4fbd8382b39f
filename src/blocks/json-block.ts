/** A block without code: v2 content in a `.json` file, whose strings are Liquid templates. */
import type { Content } from '../content/content.ts'
import { escapeKey, readDocument } from '../content/document.ts'
import { type InspectOptions, inspectContent } from '../content/inspect.ts'
import type { Problem } from '../content/problem.ts'
import { parseBigints } from '../exact-json.ts'
import { type Block, defineBlock } from './define.ts'
import { sampleContact } from './sample.ts'
import { isTemplate, readTemplate, type Scope } from './template.ts'

/** What is wrong with the file of a JSON block, and where: a rule of content, or a template that is none. */
export type Finding = Omit<Problem, 'rule'> & { rule: Problem['rule'] | 'template' }

export interface JsonBlock {
  block: Block
  /** What is wrong whoever calls on that channel; pointers lead into the file. */
  inspect(options?: InspectOptions): Finding[]
}

type Render = (scope: Scope) => unknown

/**
 * Reads a JSON block: a whole answer, or content alone.
 *
 * @throws SyntaxError when the text is no JSON
 */
export function readJsonBlock(text: string): JsonBlock {
  const { content, base, problems } = readDocument(parseBigints(text))
  const broken: Finding[] = []
  const templates = new Set<string>()
  const render = compile(content, '', false)
  return { block: defineBlock({ open: call => render(call) as Content }), inspect }

  /** What doesn't depend on a call is taken as it is. */
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
    const template = readTemplate(text, { path: base + path, inPayload })
    if (typeof template !== 'string') return template
    broken.push({ path: base + path, rule: 'template', severity: 'error', message: template })
    return () => text
  }

  function inspect(options: InspectOptions = {}): Finding[] {
    const { channel = 'messenger' } = options
    const known = [...problems, ...broken]
    try {
      const sample = render({ contact: sampleContact, input: 'Hello', channel, extras: {} })
      const found = inspectContent(sample, options).filter(
        problem => !(templates.has(problem.path) && dependsOnCall(problem)),
      )
      return [...known, ...found.map(problem => ({ ...problem, path: base + problem.path }))]
    } catch (error) {
      return [...known, { path: base, rule: 'template', severity: 'error', message: (error as Error).message }]
    }
  }
}

/** Whether what is wrong with a template may be right for another call: another text, where a text may be. */
function dependsOnCall({ rule, message }: Problem): boolean {
  if (rule === 'value') return /^Expected (?:text|")/.test(message)
  // Lengths are judged as for the sample.
  return rule !== 'unknown-key' && rule !== 'button-actions' && !rule.endsWith('-length')
}
