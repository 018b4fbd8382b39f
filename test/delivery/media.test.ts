import { readFileSync } from 'node:fs'
import t from 'tap'
import { mediaDrainMs } from '../../src/delivery/deliveries.ts'
import { mediaTimeoutMs } from '../../src/manychat/media.ts'

const numberIn = (file: string, pattern: RegExp) =>
  Number(pattern.exec(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))?.[1]?.replace('_', ''))

t.test('a server that ends has time for media, and is given more than it takes', async t => {
  const graceSeconds = numberIn('docker-compose.yml', /stop_grace_period: (\d+)s/)
  const exitMs = numberIn('src/server.ts', /const drainMs = ([\d_]+)/)
  const noticeMs = numberIn('src/app.ts', /drainNoticeMs = (\d+)/)
  t.ok(mediaDrainMs > mediaTimeoutMs)
  t.ok(exitMs > mediaDrainMs + noticeMs, `${exitMs} ms`)
  t.ok(graceSeconds * 1000 > exitMs)
  t.equal(numberIn('docs/running.md', /terminationGracePeriodSeconds: (\d+)/), graceSeconds)
  t.equal(numberIn('docs/running.md', /TimeoutStopSec=(\d+)/), graceSeconds)
})
