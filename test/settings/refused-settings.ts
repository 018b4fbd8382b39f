import type { Test } from 'tap'
import { loadConfig } from '../../src/settings/config.ts'

/** Asserts that exactly these problems are reported, without any secret. */
export function refused(t: Test, env: Record<string, string | undefined>, lines: RegExp[]): void {
  const error = t.throws(() => loadConfig(env), { code: 'DYN_SETTINGS_REFUSED' }) as Error
  const told = error.message.split('\n').slice(1)
  t.match(told, lines)
  t.equal(told.length, lines.length, told.join('\n'))
  for (const name of ['WEBHOOK_SECRETS', 'STATE_KEYS'] as const) {
    for (const secret of env[name]?.split(',') ?? [])
      if (secret) t.notOk(error.message.includes(secret), 'no secret is told')
  }
}
