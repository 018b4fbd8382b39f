/** Content as people write it: a whole answer, `{ version, content }`, or the content alone. */
import { isObject } from '../json/object.ts'
import { escapeKey } from '../json/pointer.ts'
import { Content } from './content.ts'
import { addProblem, createProblem, type Problem } from './problem.ts'
import { isEmpty } from './repair-shape.ts'

export interface Document {
  /** With the members that stood beside it; otherwise unchecked. */
  content: unknown
  problems: Problem[]
  /** The pointer into the document of a part of the content. */
  locate(path: string): string
}

type Members = Record<string, unknown>

const contentAlone = (path: string) => path

/** Extracts the content from a document, which may name its schema in `$schema`. */
export function readDocument(document: unknown): Document {
  if (isObject(document)) {
    if ('content' in document) return readAnswer(document)
    if ('version' in document || typeof document.$schema === 'string') return readAlone(document)
  }
  return { content: document, problems: [], locate: contentAlone }
}

function readAlone(document: Members): Document {
  const { version, $schema, ...content } = document
  if (!('version' in document)) return { content, problems: [], locate: contentAlone }
  const missing = createProblem('/content', 'required', { expected: 'an object with the messages', got: 'nothing' })
  return { content, problems: [...inspectVersion(version), missing], locate: contentAlone }
}

function readAnswer(document: Members): Document {
  const { version, content } = document
  const problems = inspectVersion(version)
  let moved: Members | undefined
  for (const key of Object.keys(document)) {
    if (key === 'version' || key === 'content' || (key === '$schema' && typeof document[key] === 'string')) continue
    const path = `/${escapeKey(key)}`
    const got = JSON.stringify(key.slice(0, 40))
    if (!Object.hasOwn(Content.properties, key)) {
      addProblem(problems, path, 'unknown-key', { names: ['version', 'content'], got })
      continue
    }
    const isLacking = isObject(content) && (content[key] === undefined || isEmpty(content[key]))
    if (isLacking) moved = { ...moved, [key]: document[key] }
    const done = isLacking ? 'moved there' : 'dropped'
    addProblem(problems, path, 'beside-content', { expected: `${got} inside "content"`, got, done })
  }
  return { content: moved ? { ...(content as Members), ...moved } : content, problems, locate }

  function locate(path: string): string {
    return moved && Object.hasOwn(moved, path.split('/')[1] ?? '') ? path : `/content${path}`
  }
}

function inspectVersion(version: unknown): Problem[] {
  if (version === 'v2') return []
  if (version === undefined) return [createProblem('/version', 'required', { expected: '"v2"', got: 'nothing' })]
  return [createProblem('/version', 'value', { expected: '"v2"', got: 'another version' })]
}
