/** Memory and p99 during ten minutes at half the top load: `npm run soak -- --minutes 10 --out bench/soak.svg`. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { drawChart } from './chart.ts'
import { measureLoad } from './load.ts'
import { measureLatencies } from './pace.ts'
import { startProgram } from './programs.ts'
import { median, quantile } from './statistics.ts'

const { minutes: text, out } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, out: { type: 'string', default: 'bench/soak.svg' } },
}).values
const minutes = Number(text)
const windowSeconds = 5
const path = '/blocks/size'

process.once('SIGINT', () => process.exit(130))

const program = await startProgram('dynablock')
try {
  const { callsPerSecond: top } = await measureLoad(program, path, 5)
  const callsPerSecond = Math.round(top / 2)
  console.log(`Node ${process.version}, ${callsPerSecond} calls/s of ${Math.round(top)} at most, ${minutes} minutes.\n`)
  console.log('minute       p50       p99   resident')
  const p99: number[] = []
  const resident: number[] = []
  const windows = Math.ceil((minutes * 60) / windowSeconds)
  for (let i = 0; i < windows; i++) {
    const latencies = await measureLatencies(program, path, { callsPerSecond, seconds: windowSeconds })
    p99.push(quantile(latencies, 0.99))
    resident.push(program.residentMiB())
    if (i % 12 === 0) console.log(line((i * windowSeconds) / 60, median(latencies), p99.at(-1), resident.at(-1)))
  }
  const [first, last] = [resident.slice(0, windows / 4), resident.slice(-windows / 4)].map(median)
  console.log(`\np99 over all windows: median ${median(p99).toFixed(2)} ms, worst ${Math.max(...p99).toFixed(2)} ms`)
  console.log(`resident: first quarter ${first?.toFixed(1)} MiB, last quarter ${last?.toFixed(1)} MiB`)
  const panels = [
    { title: `p99 of ${windowSeconds} s each, at ${callsPerSecond} calls/s`, unit: 'ms', values: p99 },
    { title: 'resident memory', unit: 'MiB', values: resident },
  ]
  writeFileSync(out, drawChart(panels, minutes))
} finally {
  await program.stop()
}

function line(minute: number, ...[p50 = 0, p99 = 0, resident = 0]: (number | undefined)[]): string {
  return `${minute.toFixed(0).padStart(6)} ${p50.toFixed(2).padStart(6)} ms ${p99.toFixed(2).padStart(6)} ms ${resident.toFixed(1).padStart(6)} MiB`
}
