/** The routes that ManyChat calls, and the runner of the blocks behind them. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Blocks } from '../blocks/load.ts'
import { createRunner } from '../calls/run.ts'
import type { CallMetrics } from '../ops/call-metrics.ts'
import type { Config } from '../settings/config.ts'
import { readWebhookSecret } from '../settings/credentials.ts'
import { createDuplicateTaps } from '../webhook/duplicate-taps.ts'
import { webhook } from '../webhook/routes.ts'
import { createSeal } from '../webhook/seal.ts'
import type { Outbound } from './outbound.ts'

export interface BlockCallsOptions {
  config: Config
  blocks: Blocks
  outbound: Pick<Outbound, 'pages' | 'takeLate' | 'rooms'>
  isOverloaded(): boolean
  counted: CallMetrics
  now(): number
  log: Logger
}

export function createBlockCalls({ config, blocks, outbound, isOverloaded, counted, now, log }: BlockCallsOptions) {
  const { stateKeys: keys, webhookSecrets, publicUrl, replyWithinMs, lateWithinMs, dev } = config
  const secrets = webhookSecrets.map(readWebhookSecret)
  const seal = createSeal({ keys, now })
  const runner = createRunner({
    sign: seal.sign,
    clientFor: outbound.pages.clientFor,
    publicUrl,
    replyWithinMs,
    lateWithinMs,
    takeLate: outbound.takeLate,
    rooms: outbound.rooms,
    isOverloaded,
    watch: counted,
    now,
    log,
  })
  const duplicateTaps = createDuplicateTaps({ now })
  return {
    /** Also runs late replies. */
    runner,
    routes: (app: FastifyInstance) =>
      webhook(app, { blocks, runner, seal, duplicateTaps, secrets, dev, watch: counted, now }),
  }
}
