/** Prints whether refusing a nearly correct guess takes longer than refusing a wrong one: `node bench/timing.ts`. */
import Fastify from 'fastify'
import { requireBearer } from '../src/webhook/auth.ts'
import { createSeal } from '../src/webhook/seal.ts'
import { median } from './statistics.ts'

const rounds = 40_000
const warmUp = 4000
const secret = 'f3a9c1d27b604e58a1c2d3e4f5061728394a5b6c7d8e9f00'
const claims = { block: 'size', step: 'chosen', contact: '1', channel: 'messenger', exp: 4e9 } as const

const app = Fastify()
await requireBearer(app, [{ secret }], () => undefined)
app.post('/', async () => 'in')
const seal = createSeal({ keys: [secret], now: Date.now })
const token = seal.sign(claims)
const signatureAt = token.lastIndexOf('.') + 1

const askFor = (text: string) => () =>
  app.inject({ method: 'POST', url: '/', headers: { authorization: `Bearer ${text}` } })
const open = (text: string) => () => {
  try {
    seal.open(text)
  } catch {}
}
/** A control: the table shows that this method detects a naive comparison. */
const naive = (text: string) => () => {
  for (let i = 0; i < secret.length; i++) if (text[i] !== secret[i]) return
}

await compare('a secret, over the whole request', secret, 0, askFor)
await compare('a signature, of a sealed state', token, signatureAt, open)
await compare('a naive comparison, to see what it would look like', secret, 0, naive)

/** Times a guess that is wrong from the start, the same guess again, whose difference is noise, and a nearly correct guess. */
async function compare(
  title: string,
  right: string,
  from: number,
  make: (text: string) => () => unknown,
): Promise<void> {
  const wrongAt = (place: number) =>
    `${right.slice(0, place)}${right[place] === 'A' ? 'B' : 'A'}${right.slice(place + 1)}`
  // Some bits of a signature's last character are unused.
  const guesses = { first: wrongAt(from), again: wrongAt(from), last: wrongAt(right.length - 2) }
  const tries = Object.entries(guesses).map(([name, text]) => ({ name, call: make(text), times: [] as number[] }))
  for (let round = -warmUp; round < rounds; round++) {
    for (const { call, times } of round % 2 ? tries : tries.toReversed()) {
      const began = process.hrtime.bigint()
      await call()
      if (round >= 0) times.push(Number(process.hrtime.bigint() - began))
    }
  }
  const [first = 0, again = 0, last = 0] = tries.map(({ times }) => median(times))
  console.log(`\n${title}: median of ${rounds} refusals, in ns`)
  for (const [name, value, note] of [
    ['wrong in the first letter', first, ''],
    ['the same once more', again, `${signed(again - first)}: noise`],
    ['wrong at the end', last, signed(last - first)],
  ] as const)
    console.log(`  ${name.padEnd(28)}${value.toFixed(0).padStart(8)}   ${note}`)
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(0)}`
}
