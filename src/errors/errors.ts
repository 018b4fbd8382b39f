import { type ErrorCode, errorTable } from './error-table.ts'
import { type ErrorData, type ErrorProblem, fillIn } from './row.ts'

export type { ErrorCode } from './error-table.ts'
export type { ErrorData, ErrorProblem } from './row.ts'

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never
type PlaceholdersOf<Code extends ErrorCode> = Placeholders<Extract<(typeof errorTable)[Code][number], string>>
/** The values for the `{placeholders}` of a row. */
export type Values<Code extends ErrorCode> = Record<PlaceholdersOf<Code>, string | number>

type Maybe<T> = { [Key in keyof T]: T[Key] | undefined }

export interface DynablockErrorOptions extends ErrorOptions, ErrorData {
  problems?: readonly ErrorProblem[] | undefined
}

/** An error of `errorTable`. Neither its message nor its data ever holds a secret or anything a contact wrote. */
export class DynablockError extends Error {
  override readonly name: string = 'DynablockError'
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  /** What was expected. */
  declare readonly expected?: string
  /** What came instead. */
  declare readonly got?: string
  /** What to do. */
  declare readonly remedy?: string
  /** Each problem by itself, when several things were wrong at once. */
  declare readonly problems?: readonly ErrorProblem[]

  constructor(code: ErrorCode, message: string, options: DynablockErrorOptions = {}) {
    const { expected, got, remedy, problems, ...others } = options
    super(message, others)
    this.code = code
    const [status, title] = errorTable[code]
    this.status = status
    this.title = title
    Object.assign(this, dataOf({ expected, got, remedy }), problems && { problems })
  }
}

/**
 * Makes the error of a code; the compiler requires a value for each `{placeholder}`. `expected` and `got` become data of
 * the error even where the sentence has no placeholder for them.
 */
export function createError<Code extends ErrorCode>(
  code: Code,
  ...[values, options]: [PlaceholdersOf<Code>] extends [never]
    ? [values?: ErrorData, options?: DynablockErrorOptions]
    : [values: Values<Code> & { [Part in keyof ErrorData]?: string | number }, options?: DynablockErrorOptions]
): DynablockError {
  const { message, ...data } = fillRow(code, values)
  return new DynablockError(code, message, { ...data, ...options })
}

/** The message and the data of a code, with placeholders filled. */
export function fillRow(code: ErrorCode, values: object = {}): ErrorData & { message: string } {
  const known = values as Record<string, string | number | undefined>
  const [, , sentence, advice = ''] = errorTable[code]
  const remedy = fillIn(advice, known)
  const message = `${fillIn(sentence, known)} ${remedy}`.trimEnd()
  return { message, ...dataOf({ expected: textOf(known.expected), got: textOf(known.got), remedy }) }
}

/** The parts that are not empty. */
export function dataOf({ expected, got, remedy }: Maybe<ErrorData>): ErrorData {
  return { ...(expected && { expected }), ...(got && { got }), ...(remedy && { remedy }) }
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
