import { DynablockError } from '../errors.ts'

/** What to do about the errors that people meet first; the rest speak for themselves. */
const remedies: [RegExp, string][] = [
  [/strip-only mode|erasable/i, 'Use only TypeScript that can be stripped: a const object in place of an enum.'],
  [
    /'dynablock' does not provide an export named '(tap|tapReply|listen|menu)'/,
    'It comes with the call: ({ tap }) => ….',
  ],
  [/'dynablock' does not provide an export named '[A-Z]/, 'Import a type with: import type.'],
  [/does not provide an export named/, 'Look at the name that is imported.'],
  [/Cannot find module '[^']*\/[^'./]+'/, 'Write the ending of the file that is imported, like ./words.ts.'],
  [/Cannot find (module|package)/, 'Look at the path that is imported, or install the package beside the blocks.'],
]

/** Why a file does not load, where it breaks, and what to do, for its author. */
export function explainLoadError(error: unknown): string {
  if (!(error instanceof Error)) return 'it does not load: it threw what is no error. Correct it.'
  // Our own errors say what to do.
  if (error instanceof DynablockError) return `it does not load${placeOf(error)}: ${error.message}`
  const reason = `${error.name}: ${error.message}`.replace(/[.\s]+$/, '')
  const remedy = remedies.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'Correct it.'
  return `it does not load${placeOf(error)}: ${reason}. ${remedy}`
}

/** The line, from the head of the stack, where parsers put it, or from its first frame. */
function placeOf({ stack = '' }: Error): string {
  const line = /^file:\/\/\S+?(?:\?v=\d+)?:(\d+)$/m.exec(stack)?.[1] ?? /\?v=\d+:(\d+):\d+\)?$/m.exec(stack)?.[1]
  return line === undefined ? '' : ` (line ${line})`
}
