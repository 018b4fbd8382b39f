import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { closest } from 'fastest-levenshtein'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Block } from '../blocks/define.ts'
import type { Blocks } from '../blocks/load.ts'
import { type BlockAnswer, stockAnswer } from '../calls/answer.ts'
import type { CallRecord } from '../calls/record.ts'
import type { Runner } from '../calls/run.ts'
import { type SealClaims, silentStep } from '../calls/seal-claims.ts'
import { stillLeads } from '../calls/state.ts'
import { createError } from '../errors/errors.ts'
import type { WebhookSecret } from '../settings/credentials.ts'
import { requireSecret } from './auth.ts'
import { markAuthentic } from './authentic.ts'
import { acceptJson } from './body.ts'
import { acceptSealed, enteredBy, requireSealed } from './callback.ts'
import { openedBy } from './contact.ts'
import type { DuplicateTaps } from './duplicate-taps.ts'
import { type CallReport, reportOf, sendAnswer } from './report.ts'
import { enterStep, openBlock } from './schemas.ts'
import { noSeal, type Seal } from './seal.ts'

export interface WebhookOptions {
  blocks: Blocks
  runner: Pick<Runner, 'run'>
  seal: Seal
  duplicateTaps: DuplicateTaps
  secrets: readonly WebhookSecret[]
  /** Adds a header that says what went wrong, and suggests the nearest name for an unknown block. */
  dev: boolean
  /** Counts each answered call. */
  watch: { answered(report: CallReport): void }
  /** Milliseconds since 1970. */
  now(): number
}

/** The routes that ManyChat calls: a Dynamic Block opens a block, and its callbacks enter the steps. */
export async function webhook(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { blocks, runner, seal, duplicateTaps, secrets, dev, watch, now } = options

  await app.register(async scope => {
    const opening = scope.withTypeProvider<TypeBoxTypeProvider>()
    await requireSecret(scope, secrets, ({ params }) => (params as { block: string }).block)
    acceptJson(scope)
    opening.post('/blocks/:block', { schema: openBlock }, ({ params, body, id, log }, reply) => {
      const startedAt = now()
      const block = requireBlock(params.block)
      const { record, remarks } = openedBy(body, { id, block: params.block })
      if (remarks.length > 0) log.warn({ block: params.block, call: id, remarks }, 'the body was understood in part')
      return answer(reply, record, startedAt, runner.run(record, block), remarks)
    })
  })

  await app.register(async scope => {
    const entering = scope.withTypeProvider<TypeBoxTypeProvider>()
    acceptSealed(scope, seal)
    entering.post('/blocks/:block/:step', { schema: enterStep }, (request, reply) => {
      const startedAt = now()
      const { params, id, unsealed } = request
      if (!unsealed) throw noSeal()
      const { claims, expired } = unsealed
      const body = request.body as Record<string, unknown>
      requireTarget(claims, params)
      requireSealed(claims, body)
      markAuthentic(request)
      const { record, pair } = enteredBy(claims, body, id)
      return answer(reply, record, startedAt, expired ? tooOld(record) : enter(record, pair))
    })
  })

  /** An answer that is ready is sent without awaiting it, which would cost a tenth of the call. */
  function answer(
    reply: FastifyReply,
    record: CallRecord,
    startedAt: number,
    outcome: BlockAnswer | Promise<BlockAnswer>,
    remarks?: readonly string[],
  ): FastifyReply | Promise<FastifyReply> {
    return 'json' in outcome
      ? give(reply, record, startedAt, outcome, remarks)
      : outcome.then(ready => give(reply, record, startedAt, ready, remarks))
  }

  function give(
    reply: FastifyReply,
    record: CallRecord,
    startedAt: number,
    given: BlockAnswer,
    remarks?: readonly string[],
  ): FastifyReply {
    sendAnswer(reply, given, dev ? { stale: blocks.problem?.(record.block), remarks } : undefined)
    const report = reportOf(record, given, now() - startedAt)
    watch.answered(report)
    reply.log.info(report, 'call')
    return reply
  }

  function requireBlock(name: string): Block {
    const block = blocks.get(name)
    if (block) return block
    const names = dev ? blocks.names() : []
    throw createError('DYN_BLOCK_UNKNOWN', {
      hint: names.length > 0 ? ` Did you mean "${closest(name, names)}"?` : '',
    })
  }

  /** A valid token enters only the step that it was made for. */
  function requireTarget(claims: SealClaims, { block, step }: { block: string; step: string }): void {
    if (claims.block === block && claims.step === step) return
    if (!Object.hasOwn(requireBlock(block).steps, step)) throw createError('DYN_STEP_UNKNOWN')
    throw createError('DYN_SEAL_REFUSED', { got: 'one of another block or step' })
  }

  function enter(record: CallRecord, pair: string | undefined): BlockAnswer | Promise<BlockAnswer> {
    const block = blocks.get(record.block)
    if (!block || !stillLeads(block, record)) return tooOld(record)
    if (pair === undefined) return runner.run(record, block)
    const goOn = () => runner.run({ ...record, step: silentStep }, block)
    return duplicateTaps.once(pair, () => runner.run(record, block), record.listener && goOn)
  }

  /** The contact tapped something that used to work, so they always get an answer. */
  function tooOld({ block, channel }: CallRecord): BlockAnswer {
    return { ...stockAnswer(blocks.get(block), 'expired', channel), expired: true }
  }
}
