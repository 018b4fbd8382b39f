/**
 * A row of the error table. The sentence says what is wrong, the remedy what to do; `{placeholders}` in both are filled
 * when the error is made.
 */
export type Row = readonly [status: number, title: string, sentence: string, remedy?: string]

/** The parts of an error as data, so that no program has to parse a sentence. A part with nothing to say is absent. */
export interface ErrorData {
  expected?: string
  got?: string
  remedy?: string
}

/** One of several things wrong at once, such as a setting or a file. */
export interface ErrorProblem extends ErrorData {
  subject: string
  /** A rule of content, where it is about content. */
  rule?: string
  /** A sentence that says what is wrong, and one that says what to do. */
  message: string
}

/** A sentence with its `{placeholders}` filled. */
export function fillIn(text: string, values: Readonly<Record<string, string | number | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
