import { randomUUID } from 'node:crypto'
import type { NewDelivery, NewRun } from '../../src/queue/job.ts'

export function delivery(over: Partial<NewDelivery> = {}): NewDelivery {
  return { operation: 'sending.sendContent', page: '1', addressee: null, params: { n: 1 }, ...over }
}

export function run(over: Partial<NewRun> = {}): NewRun {
  return { block: 'size', page: '1', addressee: 'ana', call: '{"id":"x"}', idempotencyKey: randomUUID(), ...over }
}
