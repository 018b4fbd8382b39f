/** Measures the server against its goals, most of them relative to the programs in `baselines`. README.md explains the tables. */
import { parseArgs } from 'node:util'
import { requireSameAnswers } from './call.ts'
import { contactBody } from './contact.ts'
import { measureCheck } from './content.ts'
import { connections, type Load, measureLoad } from './load.ts'
import { measureLatencies } from './pace.ts'
import { type Program, type ProgramName, programNames, startProgram } from './programs.ts'
import { median, quantile } from './statistics.ts'
import { formatCosts, formatTable, type Row } from './table.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
/** Many short rounds: a slow minute of the machine then affects every program, and each gets some quiet seconds. */
const rounds = quick ? 3 : 15
const seconds = quick ? 1 : 2
/** A start takes a second, and more of them add no precision. */
const starts = quick ? 3 : 5
/** Not a design goal: a log line that costs more than a fifth of the calls would be a defect. */
const loggingGoal = 0.8
/** The pause before memory is read. */
const idleMs = 1000
const [size, sealed] = ['/blocks/size', '/blocks/sealed']

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const programs: Program[] = []
try {
  const started = await measureStarts()
  for (const name of programNames) programs.push(await startProgram(name))
  await requireSameAnswers(programs, size)
  await requireSameAnswers(named('dynablock', 'fastify'), sealed)
  console.log(`Node ${process.version}, ${rounds} rounds of ${seconds} s, ${connections} connections.`)
  console.log(`A call is ${Buffer.byteLength(contactBody)} bytes.\n`)
  const open = await measure(programs, program => measureLoad(program, size, seconds))
  console.log(`${formatCosts(costs(open))}\n`)
  console.log(formatTable([...(await compare(open)), ...started]))
} finally {
  await Promise.all(programs.map(program => program.stop()))
}

type Loads = Record<ProgramName, Load[]>

async function compare(open: Loads): Promise<Row[]> {
  const seal = await measure(named('dynablock', 'fastify'), program => measureLoad(program, sealed, seconds))
  const rates = (loads: Load[]) => loads.map(({ callsPerSecond }) => callsPerSecond)
  const cpu = costs(open)
  const callsPerSecond = median(rates(open.dynablock)) / 2
  const p99 = await measure(named('dynablock', 'http'), async program =>
    quantile(await measureLatencies(program, size, { callsPerSecond, seconds }), 0.99),
  )
  const call = { unit: 'µs', by: 'minimum', ours: cpu.dynablock } as const
  const calls = { unit: 'calls/s', ours: rates(open.dynablock) } as const
  return [
    { ...call, title: 'CPU of a block call, to Fastify + TypeBox', baseline: cpu.fastify, goal: 1.1 },
    { ...call, title: 'CPU of a block call, to Express + Zod', baseline: cpu.express, goal: 0.65 },
    { ...calls, title: 'block call, to Fastify + TypeBox', baseline: rates(open.fastify), goal: 0.9 },
    { ...calls, title: 'block call, to node:http', baseline: rates(open.http), goal: 0.8 },
    { ...calls, title: 'block call, to Express + Zod', baseline: rates(open.express), goal: 1.6 },
    {
      ...calls,
      title: 'with a log line for each, to without',
      ours: rates(open.logging),
      baseline: calls.ours,
      goal: loggingGoal,
    },
    {
      ...calls,
      title: 'three sealed buttons, to Fastify',
      ours: rates(seal.dynablock),
      baseline: rates(seal.fastify),
      goal: 0.75,
    },
    { unit: 'ms', title: 'p99 at half load, to node:http', ours: p99.dynablock, baseline: p99.http, goal: 2 },
  ]
}

/** Processor time per call, in microseconds, by round. */
function costs(loads: Loads): Record<ProgramName, number[]> {
  return mapValues(loads, each => each.map(({ cpuMicrosPerCall }) => cpuMicrosPerCall))
}

/** Each start is a new process. Its memory is read before it has served more than one call. */
async function measureStarts(): Promise<Row[]> {
  const started = { dynablock: [] as number[], fastify: [] as number[] }
  const resident: number[] = []
  const checks: number[] = []
  for (let round = 0; round < starts; round++) {
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
    { title: 'resident memory, idle', unit: 'MiB', ours: resident, goal: 105 },
    { title: 'checkContent of the largest legal content', unit: 'µs', ours: checks, goal: 100 },
  ]
}

/**
 * Measures each program once per round, after a warm-up round that isn't counted. Each round begins with a different
 * program, so that a busy period of the machine affects all of them.
 */
async function measure<T>(list: Program[], once: (program: Program) => Promise<T>): Promise<Record<ProgramName, T[]>> {
  const values = Object.fromEntries(programNames.map(name => [name, [] as T[]])) as Record<ProgramName, T[]>
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < list.length; turn++) {
      const program = list[(turn + round + 1) % list.length] as Program
      const value = await once(program)
      if (round >= 0) values[program.name].push(value)
    }
  }
  return values
}

function mapValues<A, B>(values: Record<ProgramName, A>, change: (value: A) => B): Record<ProgramName, B> {
  return Object.fromEntries(programNames.map(name => [name, change(values[name])])) as Record<ProgramName, B>
}

function named(...names: ProgramName[]): Program[] {
  return programs.filter(({ name }) => names.includes(name))
}
