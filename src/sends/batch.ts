import { createError, DynablockError } from '../errors/errors.ts'
import { problemOf } from '../errors/problem-details.ts'
import type { NewDelivery, Queue } from '../queue/job.ts'
import { type BodyLine, readJson } from './body.ts'
import type { CheckSend } from './check-send.ts'
import { showSend } from './send-view.ts'

export const maxLines = 10_000
/** Lines that are stored together: as many as are quick, so that reading goes on. */
const linesTogether = 200

export interface BatchOptions {
  queue(): Pick<Queue, 'add'>
  checkSend: CheckSend
  /** The key of a line; null where they have none. */
  keyOf(line: number): string | null
}

/** What became of one line, in the order of the lines. */
export type LineAnswer = { line: number; status: number } & Record<string, unknown>

/** Adds a send for each line. A line that is refused leaves the others as they are. */
export async function addLines(lines: AsyncIterable<BodyLine>, options: BatchOptions): Promise<LineAnswer[]> {
  const { queue, checkSend, keyOf } = options
  const answers: LineAnswer[] = []
  let together: { line: number; send: NewDelivery }[] = []
  let count = 0
  for await (const { number, text } of lines) {
    if (++count > maxLines) {
      await store()
      answers.push(refusal(number, createError('DYN_SENDS_TOO_MANY', { limit: maxLines })))
      break
    }
    try {
      if (text === null) throw createError('DYN_BODY_TOO_LARGE')
      together.push({ line: number, send: checkSend(readJson(text), keyOf(number)) })
    } catch (error) {
      answers.push(refusal(number, error))
    }
    if (together.length === linesTogether) await store()
  }
  await store()
  return answers.sort((a, b) => a.line - b.line)

  async function store(): Promise<void> {
    const entries = together
    together = []
    try {
      await add(entries)
    } catch (error) {
      if (!isConflict(error)) answers.push(...entries.map(({ line }) => refusal(line, error)))
      // One of them has the key of another send, and all were refused with it.
      else for (const entry of entries) await add([entry]).catch(cause => answers.push(refusal(entry.line, cause)))
    }
  }

  async function add(entries: { line: number; send: NewDelivery }[]): Promise<void> {
    if (entries.length === 0) return
    const added = await queue().add(entries.map(({ send }) => send))
    for (const [index, { job, existed }] of added.entries()) {
      const { line } = entries[index] as { line: number }
      answers.push({ line, status: existed ? 200 : 202, ...showSend(job) })
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof DynablockError && error.code === 'DYN_IDEMPOTENCY_CONFLICT'
}

function refusal(line: number, error: unknown): LineAnswer {
  const { status, ...problem } = problemOf(error instanceof DynablockError ? error : createError('DYN_INTERNAL'))
  return { line, status, ...problem }
}
