/** The short form of `npm run test:crash`. */
import t from 'tap'
import { crash } from './crash.ts'

for (const engine of ['sqlite', 'postgres'] as const) {
  t.test(`nothing that was promised is lost to kill -9 (${engine})`, async t => {
    const counts = await crash(t, { engine, kills: 9, seed: 1, drainMs: 60_000 })
    t.comment(counts)
    t.match(counts, { kills: 9, lost: 0, 'twice otherwise': 0, 'out of order': 0 })
    t.ok(counts.accepted >= 20 && counts.acknowledged >= 20, 'much was promised')
    t.ok(counts.delivered >= counts.accepted + counts.acknowledged)
  })
}
