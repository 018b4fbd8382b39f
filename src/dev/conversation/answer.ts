/** Reads the answer to a call as ManyChat does: it is shown, or nothing is, and then here is why. */
import { type Channel, capabilities } from '../../content/channels.ts'
import type { Content } from '../../content/content.ts'
import { inspectContent } from '../../content/inspect.ts'
import { formatProblems, type Problem, type Rule } from '../../content/problem.ts'
import { brokenAt, parseExact } from '../../exact-json.ts'
import type { ChatProblem, Outcome } from './event.ts'
import { answerWithinMs, type WireAnswer, type WireResponse } from './wire.ts'

export interface Verdict {
  outcome: Outcome
  /** Why nothing is shown; null when it is. */
  why: string | null
  problems: ChatProblem[]
  /** What is shown. */
  content?: Content
}

export interface ReadOptions {
  channel: Channel
  /** Callbacks may lead to http on this machine. */
  allowLoopback: boolean
}

/** Errors by which only a part is not shown or does not work; for any other nothing of the answer is shown. */
const partial = new Set<Rule>([
  'channel-message',
  'channel-button',
  'channel-quick-replies',
  'channel-webview-size',
  'https-callback',
])

export function readAnswer(response: WireResponse, options: ReadOptions): Verdict {
  if (!('failed' in response)) {
    const verdict = readInTime(response, options)
    return { ...verdict, problems: [...verdict.problems, ...toldProblems(response)] }
  }
  if (response.failed === 'timeout') return nothing('late', tooLate(response.ms))
  if (response.failed === 'not-called') {
    return nothing('not-called', 'Expected an https address to call, got another. Set PUBLIC_URL to an https address.')
  }
  return nothing('no-answer', `Expected an answer, got a connection that was ${response.failed}. Start the server.`)
}

function readInTime(answer: WireAnswer, options: ReadOptions): Verdict {
  const { status, body, ms } = answer
  if (ms > answerWithinMs) return nothing('late', tooLate(ms))
  if (status !== 200) return nothing('bad-status', `Expected status 200, got ${status}. ${detailOf(body)}`)
  const type = headerOf(answer, 'content-type') ?? 'none'
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    return nothing('bad-type', `Expected Content-Type application/json, got ${type}. Set the header.`)
  }
  let json: unknown
  try {
    json = parseExact(body)
  } catch {
    const place = `text that breaks off at position ${brokenAt(body) ?? 'unknown'}`
    return nothing('bad-json', `Expected JSON, got ${place}. Write it with JSON.stringify.`)
  }
  return readV2(json, options)
}

function readV2(json: unknown, options: ReadOptions): Verdict {
  const { version, content, ...beside } = (json ?? {}) as Record<string, unknown>
  if (version !== 'v2' || typeof content !== 'object' || content === null) {
    return nothing('not-v2', 'Expected {"version":"v2","content":{…}}, got another object. Put the content into one.')
  }
  const problems: ChatProblem[] = inspectOnWire(content as Content, options)
  if ('external_message_callback' in beside) problems.push(misplaced)
  const refused = problems.filter(isRefused)
  if (refused.length === 0) return { outcome: 'shown', why: null, problems, content: content as Content }
  const why = `Expected content that ManyChat takes, got:\n${formatProblems(refused as Problem[])}`
  return { outcome: 'refused', why, problems }
}

const misplaced: ChatProblem = {
  path: '',
  rule: 'listener-beside-content',
  severity: 'warning',
  message: 'Expected external_message_callback inside content, got it beside it. It is ignored: move it.',
}

/** What is wrong with content as it left; `content.type` must be there, which a block may leave to the server. */
export function inspectOnWire(content: Content, options: ReadOptions & { outsideFlow?: boolean }): ChatProblem[] {
  const { type } = capabilities[options.channel]
  const problems: ChatProblem[] = inspectContent(content, options)
  if (type === null || content.type !== undefined) return problems
  const message = `Expected "type": "${type}", got none. Set it: without it images are not shown on Instagram.`
  return [...problems, { path: '/type', rule: 'content-type-missing', severity: 'warning', message }]
}

/** Whether ManyChat takes nothing of content that has this problem. */
export function isRefused({ rule, severity }: ChatProblem): boolean {
  return severity === 'error' && !partial.has(rule as Rule)
}

/** A failure of the block, which dynablock tells in development only; what it warns of was found here anyway. */
function toldProblems(answer: WireAnswer): ChatProblem[] {
  const told = headerOf(answer, 'x-dynablock-problem')
  const [, rule, message] = /^(DYN_[A-Z_]+): (.*)$/s.exec(told ?? '') ?? []
  return rule && message ? [{ path: '', rule, severity: 'error', message }] : []
}

/** What a failure says of itself, RFC 9457. */
function detailOf(body: string): string {
  try {
    const { code, detail } = JSON.parse(body)
    return typeof detail === 'string' ? `${code ? `${code}: ` : ''}${detail}` : 'Look at the log of the server.'
  } catch {
    return 'Look at the log of the server.'
  }
}

function headerOf({ headers }: WireAnswer, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1]
}

function tooLate(ms: number): string {
  return `Expected an answer within ${answerWithinMs} ms, got none after ${Math.round(ms)}. Answer earlier.`
}

function nothing(outcome: Outcome, why: string): Verdict {
  return { outcome, why, problems: [{ path: '', rule: outcome, severity: 'error', message: why }] }
}
