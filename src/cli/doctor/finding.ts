import { DynablockError } from '../../errors/errors.ts'

/** The checks, by the names that reports use. */
export const checks = [
  'settings',
  'node',
  'public-url',
  'blocks',
  'store',
  'app-keys',
  'memory',
  'pages',
  'names',
  'fallback-flows',
  'maton',
  'chatfuel',
  'clock',
] as const
export type Check = (typeof checks)[number]

/** `problem`: it doesn't work; `warning`: it may not work; `skipped`: not checked, and `got` says why. */
export type Level = 'ok' | 'warning' | 'problem' | 'skipped'

/** One result of a check. `--json` prints it unchanged. Never holds a secret. */
export interface Finding {
  check: Check
  level: Level
  /** The setting, file or page that was checked. */
  subject: string
  expected: string
  got: string
  /** What to do; '' when there is nothing to do. */
  remedy: string
}

/** Makers of findings for one check. */
export function findingsOf(check: Check) {
  const make =
    (level: Level) =>
    (subject: string, expected = '', got = '', remedy = ''): Finding => ({
      check,
      level,
      subject,
      expected,
      got,
      remedy,
    })
  return { ok: make('ok'), warning: make('warning'), problem: make('problem'), skipped: make('skipped'), failed }

  /** Turns an error into a problem. Our own errors know what was got and how to fix it. */
  function failed(subject: string, expected: string, error: unknown): Finding {
    if (error instanceof DynablockError) {
      return make('problem')(subject, expected, `${error.title} (${error.got})`, error.remedy)
    }
    const { code, name } = error as NodeJS.ErrnoException
    return make('problem')(subject, expected, code ?? name, 'Check the network and try again.')
  }
}
