/** Reads the answer to a call as ManyChat does: shows its content, or shows nothing and gives the reason. */
import { type Channel, capabilities } from '../../content/channels.ts'
import type { Content } from '../../content/content.ts'
import { readDocument } from '../../content/document.ts'
import { formatProblems, type Problem } from '../../content/problem.ts'
import { type Repaired, repairContent } from '../../content/repair.ts'
import { type Rule, rules } from '../../content/rules.ts'
import type { ErrorData } from '../../errors/errors.ts'
import { brokenAt, parseExact } from '../../json/exact-json.ts'
import { notReloaded, problemHeader, readProblems } from '../../webhook/problem-header.ts'
import type { ChatProblem, Outcome } from './event.ts'
import { answerWithinMs, type WireAnswer, type WireResponse } from './wire.ts'

export interface Verdict {
  outcome: Outcome
  /** Why nothing is shown; null when it is. */
  why: string | null
  problems: ChatProblem[]
  /** Present only when it is shown. */
  content?: Content
}

export interface ReadOptions {
  channel: Channel
  /** Whether callbacks may use http to this machine. */
  allowLoopback: boolean
}

/** Errors that break only a part of the answer. With any other error ManyChat shows nothing of it. */
const partial = new Set<Rule>(['channel-message', 'channel-button', 'channel-quick-replies', 'https-callback'])

export function readAnswer(response: WireResponse, options: ReadOptions): Verdict {
  if (!('failed' in response)) {
    const verdict = readInTime(response, options)
    return { ...verdict, problems: [...verdict.problems, ...reportedProblems(response)] }
  }
  if (response.failed === 'timeout') return late(response.ms)
  if (response.failed === 'not-called') {
    const remedy = 'Set PUBLIC_URL to an https address.'
    return nothing('not-called', 'ManyChat calls only https addresses.', { expected: 'an https address', remedy })
  }
  const got = `a connection that was ${response.failed}`
  return nothing('no-answer', `The connection was ${response.failed}.`, { got, remedy: 'Start the server.' })
}

function readInTime(answer: WireAnswer, options: ReadOptions): Verdict {
  const { status, body, ms } = answer
  if (ms > answerWithinMs) return late(ms)
  if (status !== 200) {
    const data = { expected: 'status 200', got: `status ${status}`, remedy: detailOf(body) }
    return nothing('bad-status', `The server answered with status ${status} instead of 200.`, data)
  }
  const type = headerOf(answer, 'content-type') ?? 'none'
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    const data = { expected: 'application/json', got: type, remedy: 'Set the header.' }
    return nothing('bad-type', `The Content-Type must be application/json; got ${type}.`, data)
  }
  let json: unknown
  try {
    json = parseExact(body)
  } catch {
    const got = `text that breaks off at position ${brokenAt(body) ?? 'unknown'}`
    const data = { expected: 'JSON', got, remedy: 'Write it with JSON.stringify.' }
    return nothing('bad-json', `The answer is not JSON; got ${got}.`, data)
  }
  return readV2(json, options)
}

function readV2(json: unknown, options: ReadOptions): Verdict {
  const { version, content } = (json ?? {}) as Record<string, unknown>
  if (version !== 'v2' || typeof content !== 'object' || content === null) {
    const expected = '{"version":"v2","content":{…}}'
    return nothing('not-v2', `The answer is not ${expected}.`, { expected, remedy: 'Put the content into that form.' })
  }
  const read = readOnWire(content, options)
  const problems = [...read.problems, ...readDocument(json).problems.map(toIgnored)]
  const refused = problems.filter(isRefused)
  if (refused.length === 0) return { outcome: 'shown', why: null, problems, content: read.content }
  return { outcome: 'refused', why: `ManyChat would refuse this content:\n${formatProblems(refused)}`, problems }
}

/** A block's member beside the content is moved before it is sent; ManyChat ignores one that it meets there. */
function toIgnored(problem: Problem): ChatProblem {
  if (problem.rule !== 'beside-content') return { ...problem, path: '' }
  const message = `${problem.got} stands beside "content", where ManyChat ignores it. ${problem.remedy}`
  return { ...problem, path: '', severity: 'warning', message }
}

/**
 * Content on the wire, without what ManyChat ignores. Unlike in a block, where the server adds it, `content.type` must be
 * present here, and nobody splits a text any more.
 */
export function readOnWire(
  given: unknown,
  options: ReadOptions & { outsideFlow?: boolean },
): { content: Content; problems: ChatProblem[] } {
  const { type } = capabilities[options.channel]
  const { content, problems } = repairContent(given, { ...options, onWire: true }) as { content: Content } & Repaired
  if (type === null || content.type !== undefined) return { content, problems }
  const [expected, remedy] = [`"type": "${type}"`, 'Set it.']
  const message = `${expected} is missing; without it, Instagram shows no images. ${remedy}`
  const missing = {
    path: '/type',
    rule: 'content-type-missing',
    severity: 'warning',
    message,
    expected,
    remedy,
  } as const
  return { content, problems: [...problems, missing] }
}

/** Whether this problem makes ManyChat reject the whole content. */
export function isRefused({ rule, severity }: ChatProblem): boolean {
  return severity === 'error' && !partial.has(rule as Rule)
}

/**
 * Failures and repairs of the block, from the header that dynablock adds in development. Its other problems of content were
 * found above.
 */
function reportedProblems(answer: WireAnswer): ChatProblem[] {
  return readProblems(headerOf(answer, problemHeader) ?? '').flatMap((problem): ChatProblem[] => {
    const { rule } = problem
    if (!Object.hasOwn(rules, rule)) return [{ ...problem, severity: rule === notReloaded ? 'warning' : 'error' }]
    const { severity } = rules[rule as Rule]
    return severity === 'repaired' ? [{ ...problem, severity }] : []
  })
}

/** The code and detail of a problem document, RFC 9457. */
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

function late(ms: number): Verdict {
  const [expected, got] = [`an answer within ${answerWithinMs} ms`, `none after ${Math.round(ms)} ms`]
  const message = `ManyChat waits ${answerWithinMs} ms for an answer; got ${got}.`
  return nothing('late', message, { expected, got, remedy: 'Answer earlier.' })
}

function nothing(outcome: Outcome, sentence: string, data: ErrorData & { remedy: string }): Verdict {
  const why = `${sentence} ${data.remedy}`
  return { outcome, why, problems: [{ path: '', rule: outcome, severity: 'error', message: why, ...data }] }
}
