import { DynablockError, dataOf, type ErrorProblem } from '../errors/errors.ts'

/** Remedies for the errors that people run into first; the others speak for themselves. */
const remedies: [RegExp, string][] = [
  [/strip-only mode|erasable/i, 'Use only TypeScript that can be stripped: a const object instead of an enum.'],
  [
    /'dynablock' does not provide an export named '(tap|tapReply|listen|menu)'/,
    'It comes with the call: ({ tap }) => ….',
  ],
  [/'dynablock' does not provide an export named '[A-Z]/, 'Import types with: import type.'],
  [/does not provide an export named/, 'Check the name in the import.'],
  [/Cannot find module '[^']*\/[^'./]+'/, 'Write the extension of the imported file, like ./words.ts.'],
  [/Cannot find (module|package)/, 'Check the path in the import, or install the package beside the blocks.'],
]

/** Why a file does not load and what to do, in words for its author. */
export type LoadProblem = Omit<ErrorProblem, 'subject'>

export function loadProblem(got: string, remedy: string): LoadProblem {
  return { message: `${got}. ${remedy}`, got, remedy }
}

/** Explains an error that a file threw while loading, and names the line. */
export function explainLoadError(error: unknown): LoadProblem {
  if (!(error instanceof Error))
    return loadProblem('it does not load: it threw a value that is not an Error', 'Correct it.')
  const place = `it does not load${placeOf(error)}`
  // Our own errors already say what to do.
  if (error instanceof DynablockError) return { message: `${place}: ${error.message}`, ...dataOf(error) }
  const reason = `${error.name}: ${error.message}`.replace(/[.\s]+$/, '')
  const remedy = remedies.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'Correct it.'
  return loadProblem(`${place}: ${reason}`, remedy)
}

/** The line, from the head of the stack, where syntax errors have it, or from the first frame in a block's folder. */
function placeOf({ stack = '' }: Error): string {
  const line = /^file:\/\/\S+?(?:\?v=\d+)?:(\d+)$/m.exec(stack)?.[1] ?? /\?v=\d+:(\d+):\d+\)?$/m.exec(stack)?.[1]
  return line === undefined ? '' : ` (line ${line})`
}
