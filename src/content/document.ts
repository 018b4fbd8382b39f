/** Content as people write it down: a whole answer, `{ version, content }`, or the content alone. */
import { Content } from './content.ts'
import { type InspectOptions, inspectContent } from './inspect.ts'
import { createProblem, maxProblems, type Problem } from './problem.ts'

export interface Document {
  /** Unchecked. */
  content: unknown
  /** The JSON pointer of the content in the document. */
  base: '' | '/content'
  /** What is wrong around the content. */
  problems: Problem[]
}

type Members = Record<string, unknown>

/** Takes the content out of a document, which may name its schema in `$schema`. Never throws. */
export function readDocument(document: unknown): Document {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { content: document, base: '', problems: [] }
  }
  const { $schema, ...members } = document as Members
  const named: Members = typeof $schema === 'string' || $schema === undefined ? members : { $schema, ...members }
  if ('content' in named) return readAnswer(named)
  if (!('version' in named)) return { content: named, base: '', problems: [] }
  const { version, ...content } = named
  const missing = createProblem('/content', 'required', 'an object with the messages', 'nothing')
  return { content, base: '', problems: [...inspectVersion(version), missing] }
}

function readAnswer({ version, content, ...others }: Members): Document {
  const beside = Object.keys(others).slice(0, maxProblems).map(explainBeside)
  return { content, base: '/content', problems: [...inspectVersion(version), ...beside] }
}

function inspectVersion(version: unknown): Problem[] {
  if (version === 'v2') return []
  if (version === undefined) return [createProblem('/version', 'required', '"v2"', 'nothing')]
  return [createProblem('/version', 'value', '"v2"', 'another version')]
}

function explainBeside(key: string): Problem {
  const path = `/${escapeKey(key)}`
  const name = JSON.stringify(key.slice(0, 40))
  if (!Object.hasOwn(Content.properties, key)) return createProblem(path, 'unknown-key', 'version and content', name)
  const message = `Expected ${name} inside "content", got it beside, where ManyChat ignores it. Move it into "content".`
  return { path, rule: 'unknown-key', severity: 'error', message }
}

/** A key as it is written in a JSON pointer. */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Lists what is wrong with a document as `inspectContent` does; the pointers lead into the document. */
export function inspectDocument(document: unknown, options: InspectOptions = {}): Problem[] {
  const { content, base, problems } = readDocument(document)
  const found = inspectContent(content, options).map(problem => ({ ...problem, path: base + problem.path }))
  return [...problems, ...found].slice(0, maxProblems)
}
