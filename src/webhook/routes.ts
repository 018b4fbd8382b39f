import { closest } from 'fastest-levenshtein'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify'
import { type Claims, menuStep, silentStep, targetOf } from '../blocks/claims.ts'
import type { Contact } from '../blocks/contact.ts'
import type { Block } from '../blocks/define.ts'
import type { Blocks } from '../blocks/load.ts'
import type { createRunner, Outcome } from '../blocks/run.ts'
import { standingContent } from '../blocks/standing.ts'
import { stateProblem } from '../blocks/verbs.ts'
import type { Entry } from '../blocks/work.ts'
import { channels } from '../content/channels.ts'
import { createError } from '../errors.ts'
import { stringifyExact } from '../exact-json.ts'
import { requireSecret } from './auth.ts'
import { acceptJson } from './body.ts'
import { readCaller, readId, textOrNull } from './contact.ts'
import { type Arrival, type CallReport, goneBlock, reportOf } from './report.ts'
import { sendAnswer } from './respond.ts'
import type { Seal } from './seal.ts'
import type { createTwins } from './twins.ts'

export interface WebhookOptions {
  blocks: Blocks
  runner: ReturnType<typeof createRunner>
  seal: Seal
  twins: ReturnType<typeof createTwins>
  secrets: readonly string[]
  /** Tells in a header what went wrong, and names the nearest block. */
  dev: boolean
  /** Is told of each call that was answered. */
  onCall(report: CallReport): void
  /** Milliseconds since 1970. */
  now(): number
}

/** What ManyChat calls: a Dynamic Block opens a block, its callbacks enter the steps. */
export async function webhook(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { blocks, runner, seal, twins, secrets, dev, onCall, now } = options
  acceptJson(app)

  await app.register(async opening => {
    await requireSecret(opening, secrets)
    opening.post<{ Params: { block: string } }>('/blocks/:block', ({ params, body, id, log }, reply) => {
      const at = now()
      const block = requireBlock(params.block)
      const { contact, page, channel, input, extras, isMisnamed } = readCaller(body)
      if (isMisnamed) log.warn({ block: params.block, channel, known: channels }, 'the channel of the body is none')
      const entry: Entry = {
        name: params.block,
        block,
        step: null,
        id,
        attempt: 1,
        contact,
        page,
        channel,
        input,
        extras,
        log,
      }
      const arrival: Arrival = { call: id, block: entry.name, step: null, kind: 'open', channel, at }
      return answer(reply, arrival, runner.run(entry))
    })
  })

  app.post<{ Params: { block: string; step: string } }>('/blocks/:block/:step', (request, reply) => {
    const at = now()
    const { block, step } = request.params
    const body = (request.body ?? {}) as Record<string, unknown>
    const { claims, expired } = seal.open(body.state)
    requireMatch(claims, block, step, body)
    const arrival: Arrival = {
      call: request.id,
      block: blocks.get(block) ? block : goneBlock,
      step,
      kind: claims.listen === undefined ? 'tap' : 'message',
      channel: claims.channel,
      at,
    }
    return answer(reply, arrival, expired ? tooOld(claims) : enter(claims, body, request.id, request.log))
  })

  /** What is ready is sent at once: awaiting it would cost a tenth of the call. */
  function answer(
    reply: FastifyReply,
    arrival: Arrival,
    outcome: Outcome | Promise<Outcome>,
  ): FastifyReply | Promise<FastifyReply> {
    return 'json' in outcome ? give(reply, arrival, outcome) : outcome.then(ready => give(reply, arrival, ready))
  }

  function give(reply: FastifyReply, arrival: Arrival, outcome: Outcome): FastifyReply {
    sendAnswer(reply, outcome, dev)
    onCall(reportOf(arrival, outcome, now()))
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

  /** A genuine token opens only the door it was made for. */
  function requireMatch(claims: Claims, block: string, step: string, body: Record<string, unknown>): void {
    if (claims.block !== block || claims.step !== step) {
      if (!Object.hasOwn(requireBlock(block).steps, step)) throw createError('DYN_STEP_UNKNOWN')
      throw createError('DYN_SEAL_REFUSED', { got: 'one of another block or step' })
    }
    if (isOther(body.user_id, claims.contact)) throw createError('DYN_SEAL_REFUSED', { got: 'one of another contact' })
    if (isOther(body.page_id, claims.page)) throw createError('DYN_SEAL_REFUSED', { got: 'one of another page' })
  }

  async function enter(
    claims: Claims,
    body: Record<string, unknown>,
    id: string,
    log: FastifyBaseLogger,
  ): Promise<Outcome> {
    const input = textOrNull(body.input)
    const { step, state, pair } = targetOf(claims, input)
    const block = blocks.get(claims.block)
    if (!block || !stillLeads(block, step, state)) return tooOld(claims)
    const { state: _state, user_id: _user, input: _input, ...extras } = body
    const entry: Entry = {
      name: claims.block,
      block,
      step,
      state,
      id,
      attempt: 1,
      contact: contactOf(claims),
      page: claims.page ?? null,
      channel: claims.channel,
      input,
      extras,
      ...(claims.listen !== undefined && { listener: claims }),
      log,
    }
    if (pair === undefined) return runner.run(entry)
    const goOn = () => runner.run({ ...entry, step: silentStep })
    return twins.once(pair, () => runner.run(entry), entry.listener && goOn)
  }

  /** The contact tapped what once worked: that is never answered with silence. */
  function tooOld({ block, channel }: Claims): Outcome {
    const content = standingContent(blocks.get(block), 'expired', channel)
    return { content, json: stringifyExact(content), expired: true }
  }
}

/** A step or the shape of its state may have gone since the button went out. */
function stillLeads(block: Block, step: string, state: unknown): boolean {
  if (step === menuStep || step === silentStep) return true
  return Object.hasOwn(block.steps, step) && stateProblem(block, step, state) === undefined
}

function contactOf({ contact, page, first_name, language }: Claims): Contact {
  return {
    id: contact,
    ...(page !== undefined && { page_id: page }),
    ...(first_name !== undefined && { first_name }),
    ...(language !== undefined && { language }),
  }
}

/** Whether the body names somebody else; a variable that ManyChat did not render names nobody. */
function isOther(given: unknown, sealed: string | undefined): boolean {
  return given !== undefined && given !== null && readId(given) !== sealed
}
