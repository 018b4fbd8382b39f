import type { ErrorProblem } from '../errors/errors.ts'

export function describe(subject: string, expected: string, got: string, remedy: string): ErrorProblem {
  return { subject, message: `expected ${expected}, got ${got}. ${remedy}`, expected, got, remedy }
}
