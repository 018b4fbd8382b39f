/** Runs every property: `npm run fuzz -- --runs 100000 --seed 1`. Prints failing cases with the seed that reproduces them. */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { pureProperties } from './pure-properties.ts'
import { startServer } from './server.ts'
import { serverProperties, slowProperty } from './server-properties.ts'

export interface FuzzOptions {
  /** Cases per property. */
  runs: number
  /** The same seed produces the same cases. */
  seed: number
  write(line: string): void
}

/** Returns the number of failed properties. */
export async function fuzz({ runs, seed, write }: FuzzOptions): Promise<number> {
  const statuses: Record<number, number> = {}
  const server = await startServer()
  let broken = 0
  try {
    const properties = {
      ...pureProperties,
      ...(await serverProperties(server, ({ status }) => (statuses[status] = (statuses[status] ?? 0) + 1))),
    }
    for (const [name, property] of Object.entries(properties)) {
      const startedAt = performance.now()
      const details = await fc.check<unknown>(property as fc.IAsyncProperty<unknown>, {
        seed,
        numRuns: name === slowProperty ? Math.ceil(runs / 20) : runs,
      })
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      write(`${details.failed ? 'BROKEN' : 'ok    '} ${name}: ${details.numRuns} cases, ${seconds} s`)
      if (!details.failed) continue
      broken++
      const { counterexamplePath: path, counterexample, errorInstance } = details
      write(`  seed ${seed}, path ${path}: ${errorInstance}\n  ${[counterexample].flat().map(String).join(' | ')}`)
    }
  } finally {
    const { code, output } = await server.stop()
    if (code !== 0) broken++
    write(`the server ended with ${code}; answers by status: ${JSON.stringify(statuses)}${output && `\n${output}`}`)
  }
  return broken
}

if (import.meta.main) {
  const { runs, seed } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
    },
  }).values
  console.log(`seed ${seed}, Node ${process.version}`)
  process.exitCode = (await fuzz({ runs: Number(runs), seed: Number(seed), write: console.log })) > 0 ? 1 : 0
}
