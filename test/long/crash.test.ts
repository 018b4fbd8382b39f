/** A short `npm run test:crash`. */
import t from 'tap'
import { onPostgres } from '../needs.ts'
import { crash } from '../sends/crash/crash.ts'

// Enough for two engines on a busy machine.
t.setTimeout(300_000)

for (const engine of ['sqlite', 'postgres'] as const) {
  const needs = engine === 'postgres' ? onPostgres : {}
  t.test(`nothing that was promised is lost to kill -9 (${engine})`, { timeout: 180_000, ...needs }, async t => {
    const counts = await crash(t, { engine, kills: 9, seed: 1, drainMs: 60_000 })
    t.comment(counts)
    t.match(counts, { kills: 9, lost: 0, 'twice otherwise': 0, 'out of order': 0 })
    t.ok(counts.accepted >= 20 && counts.acknowledged >= 20, 'much was promised')
    t.ok(counts.delivered >= counts.accepted + counts.acknowledged)
  })
}
