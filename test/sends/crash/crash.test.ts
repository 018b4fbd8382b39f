/** The short form of `npm run test:crash`. */
import t from 'tap'
import { crash } from './crash.ts'

// Two engines, on a machine that does other things beside.
t.setTimeout(300_000)

for (const engine of ['sqlite', 'postgres'] as const) {
  t.test(`nothing that was promised is lost to kill -9 (${engine})`, { timeout: 180_000 }, async t => {
    const counts = await crash(t, { engine, kills: 9, seed: 1, drainMs: 60_000 })
    t.comment(counts)
    t.match(counts, { kills: 9, lost: 0, 'twice otherwise': 0, 'out of order': 0 })
    t.ok(counts.accepted >= 20 && counts.acknowledged >= 20, 'much was promised')
    t.ok(counts.delivered >= counts.accepted + counts.acknowledged)
  })
}
