import { DynablockError } from '../../errors.ts'

/** What is looked at. */
export const checks = [
  'settings',
  'node',
  'public-url',
  'blocks',
  'store',
  'app-keys',
  'pages',
  'names',
  'fallback-flows',
  'maton',
  'chatfuel',
  'clock',
] as const
export type Check = (typeof checks)[number]

/** `problem`: it doesn't work; `warning`: it may not; `skipped`: it was not looked at, and why. */
export type Level = 'ok' | 'warning' | 'problem' | 'skipped'

/** One thing that was looked at. `--json` writes it as it is. It never holds a secret. */
export interface Finding {
  check: Check
  level: Level
  /** What it is about: a setting, a file, a page. */
  subject: string
  expected: string
  got: string
  /** What to do; '' where nothing is to be done. */
  remedy: string
}

/** Findings of one check. */
export function findingsOf(check: Check) {
  const make =
    (level: Level) =>
    (subject: string, expected: string, got: string, remedy = ''): Finding => ({
      check,
      level,
      subject,
      expected,
      got,
      remedy,
    })
  return { ok: make('ok'), warning: make('warning'), problem: make('problem'), skipped: make('skipped'), failed }

  /** A problem out of an error: those of our own say what was expected, what came, and what to do. */
  function failed(subject: string, error: unknown): Finding {
    if (error instanceof DynablockError) return make('problem')(subject, ...readMessage(error.message))
    const { code, name } = error as NodeJS.ErrnoException
    return make('problem')(subject, 'an answer', code ?? name, 'Look at the network and try again.')
  }
}

/** The parts of the sentence in which every error of ours is written. */
export function readMessage(message: string): [expected: string, got: string, remedy: string] {
  const [, expected = '', got = message, remedy = ''] =
    /^Expected (.+?)[,;] got (.+?)(?:\. ([A-Z].*)|\.?)$/s.exec(message) ?? []
  return [expected, got, remedy]
}
