/** Measures the goals of the server, most of them against the programs in `baselines`; README.md says how to read them. */
import { parseArgs } from 'node:util'
import { requireSameAnswers } from './call.ts'
import { contactBody } from './contact.ts'
import { measureCheck } from './content.ts'
import { connections, measureThroughput } from './load.ts'
import { measureLatencies } from './pace.ts'
import { type Program, type ProgramName, programNames, startProgram } from './programs.ts'
import { median, quantile } from './statistics.ts'
import { formatTable, type Row } from './table.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const rounds = quick ? 3 : 5
const seconds = quick ? 1 : 4
/** No goal of the design: more than a fifth for a line would be a fault. */
const loggingGoal = 0.8
/** Before memory is read. */
const idleMs = 1000
const [size, sealed] = ['/blocks/size', '/blocks/sealed']

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const programs: Program[] = []
try {
  const starts = await measureStarts()
  for (const name of programNames) programs.push(await startProgram(name))
  await requireSameAnswers(programs, size)
  await requireSameAnswers(named('dynablock', 'fastify'), sealed)
  console.log(`Node ${process.version}, ${rounds} rounds of ${seconds} s, ${connections} connections.`)
  console.log(`A call is ${Buffer.byteLength(contactBody)} bytes.\n`)
  console.log(formatTable([...(await compare()), ...starts]))
} finally {
  await Promise.all(programs.map(program => program.stop()))
}

async function compare() {
  const open = await measure(programs, program => measureThroughput(program, size, seconds))
  const seal = await measure(named('dynablock', 'fastify'), program => measureThroughput(program, sealed, seconds))
  const callsPerSecond = median(open.dynablock) / 2
  const p99 = await measure(named('dynablock', 'http'), async program =>
    quantile(await measureLatencies(program, size, { callsPerSecond, seconds }), 0.99),
  )
  const calls = { unit: 'calls/s', ours: open.dynablock } as const
  return [
    { ...calls, title: 'block call, to Fastify + TypeBox', baseline: open.fastify, goal: 0.9 },
    { ...calls, title: 'block call, to node:http', baseline: open.http, goal: 0.8 },
    { ...calls, title: 'block call, to Express + Zod', baseline: open.express, goal: 1.6 },
    {
      ...calls,
      title: 'with a log line for each, to without',
      ours: open.logging,
      baseline: open.dynablock,
      goal: loggingGoal,
    },
    { ...calls, title: 'three sealed buttons, to Fastify', ours: seal.dynablock, baseline: seal.fastify, goal: 0.75 },
    { unit: 'ms', title: 'p99 at half load, to node:http', ours: p99.dynablock, baseline: p99.http, goal: 2 } as const,
  ]
}

/** Each start is a process of its own, and so is what it holds of memory when nobody has called much yet. */
async function measureStarts(): Promise<Row[]> {
  const started = { dynablock: [] as number[], fastify: [] as number[] }
  const resident: number[] = []
  const checks: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const name of ['dynablock', 'fastify'] as const) {
      const program = await startProgram(name)
      started[name].push(program.startedInMs)
      if (name === 'dynablock') {
        await new Promise(resolve => setTimeout(resolve, idleMs))
        resident.push(program.residentMiB())
      }
      await program.stop()
    }
    checks.push(measureCheck())
  }
  return [
    {
      title: 'start to first 200, to Fastify',
      unit: 'ms',
      ours: started.dynablock,
      baseline: started.fastify,
      goal: 1.5,
    },
    { title: 'resident memory, idle', unit: 'MiB', ours: resident, goal: 110 },
    { title: 'checkContent of the largest legal content', unit: 'µs', ours: checks, goal: 100 },
  ]
}

/**
 * Measures each program once a round, after one round that isn't counted. The next round begins with the next program, so
 * that what disturbs the machine for a while disturbs all of them.
 */
async function measure(list: Program[], once: (program: Program) => Promise<number>) {
  const values = Object.fromEntries(programNames.map(name => [name, []])) as unknown as Record<ProgramName, number[]>
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < list.length; turn++) {
      const program = list[(turn + round + 1) % list.length] as Program
      const value = await once(program)
      if (round >= 0) values[program.name].push(value)
    }
  }
  return values
}

function named(...names: ProgramName[]): Program[] {
  return programs.filter(({ name }) => names.includes(name))
}
