/** Content as people write it: a whole answer, `{ version, content }`, or the content alone. */
import type { ErrorData } from '../errors/row.ts'
import { isObject } from '../json/object.ts'
import { escapeKey } from '../json/pointer.ts'
import { Content } from './content.ts'
import { type InspectOptions, inspectContent } from './inspect.ts'
import { createProblem, maxProblems, type Problem } from './problem.ts'

export interface Document {
  /** Unchecked. */
  content: unknown
  /** The JSON pointer of the content in the document. */
  base: '' | '/content'
  /** The problems of the document around the content. */
  problems: Problem[]
}

type Members = Record<string, unknown>

/** Extracts the content from a document, which may name its schema in `$schema`. Never throws. */
export function readDocument(document: unknown): Document {
  if (!isObject(document)) return { content: document, base: '', problems: [] }
  const { $schema, ...members } = document
  const named: Members = typeof $schema === 'string' || $schema === undefined ? members : { $schema, ...members }
  if ('content' in named) return readAnswer(named)
  if (!('version' in named)) return { content: named, base: '', problems: [] }
  const { version, ...content } = named
  const missing = createProblem('/content', 'required', { expected: 'an object with the messages', got: 'nothing' })
  return { content, base: '', problems: [...inspectVersion(version), missing] }
}

function readAnswer({ version, content, ...others }: Members): Document {
  const beside = Object.keys(others).slice(0, maxProblems).map(explainBeside)
  return { content, base: '/content', problems: [...inspectVersion(version), ...beside] }
}

function inspectVersion(version: unknown): Problem[] {
  if (version === 'v2') return []
  if (version === undefined) return [createProblem('/version', 'required', { expected: '"v2"', got: 'nothing' })]
  return [createProblem('/version', 'value', { expected: '"v2"', got: 'another version' })]
}

function explainBeside(key: string): Problem {
  const path = `/${escapeKey(key)}`
  const got = JSON.stringify(key.slice(0, 40))
  const problem = createProblem(path, 'unknown-key', { names: ['version', 'content'], got })
  return Object.hasOwn(Content.properties, key) ? { ...problem, ...besideContent(got) } : problem
}

/** The problem of a member of content that is beside "content" instead of inside. */
export function besideContent(name: string): Required<ErrorData> & { message: string } {
  const remedy = 'Move it into "content".'
  const message = `${name} stands beside "content", where ManyChat ignores it. ${remedy}`
  return { message, expected: `${name} inside "content"`, got: 'it beside "content"', remedy }
}

/** Lists the problems of a document as `inspectContent` does for content, with pointers into the document. */
export function inspectDocument(document: unknown, options: InspectOptions = {}): Problem[] {
  const { content, base, problems } = readDocument(document)
  const found = inspectContent(content, options).map(problem => ({ ...problem, path: base + problem.path }))
  return [...problems, ...found].slice(0, maxProblems)
}
