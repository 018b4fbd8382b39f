/** The header that says in development what is wrong with an answer: a line for people, which the simulator reads too. */
export const problemHeader = 'x-dynablock-problem'

export interface HeaderProblem {
  /** A code of the error table or a rule of content. */
  rule: string
  /** JSON pointer into the content; '' when it is about the whole answer. */
  path: string
  message: string
}

/** The rule of an answer that an older version of a block gave, because its file did not reload. */
export const notReloaded = 'not-reloaded'

const separator = ' | '

/** Writes `<code or rule> <pointer>: <message>` for each problem. A header takes one line of printable ASCII. */
export function writeProblems(problems: readonly HeaderProblem[]): string {
  return problems
    .map(({ rule, path, message }) => `${rule}${path && ` ${path}`}: ${message.replaceAll(separator, ' / ')}`)
    .join(separator)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 2000)
}

/** Reads what `writeProblems` wrote. */
export function readProblems(header: string): HeaderProblem[] {
  return header.split(separator).flatMap(part => {
    const [, rule, path = '', message] = /^([\w-]+)(?: (\/\S*))?: (.*)$/.exec(part) ?? []
    return rule && message ? [{ rule, path, message }] : []
  })
}
