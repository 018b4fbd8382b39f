import { createError, DynablockError } from '../errors/errors.ts'
import { problemOf } from '../errors/problem-details.ts'
import type { Queue } from '../queue/job.ts'
import { type BodyLine, readJson } from './body.ts'
import type { CheckedSend, CheckSend } from './check-send.ts'
import { showAddedSend } from './send-view.ts'

export const maxLines = 10_000
/** Held at once, to be looked up together: as many lines as that, or as many bytes. */
const linesHeld = 1000
const charactersHeld = 1_048_576
/** Lines that are stored together: as many as are quick, so that nothing else waits long for the store. */
const linesTogether = 200

/** Reading and storing have limits of their own, so that a slow store isn't taken for a slow caller. */
export const batchLimits = {
  /** How long all in all the caller may be waited for, as long as for any request. */
  readMs: 10_000,
  /** How long new lines are stored; with the former it is below what proxies wait for an answer. */
  storeMs: 10_000,
}

export interface BatchOptions {
  queue(): Pick<Queue, 'add' | 'findAdded'>
  checkSend: CheckSend
  /** The key of a line; null where they have none. */
  keyOf(line: number): string | null
  /** Default `batchLimits.storeMs`. */
  storeMs?: number | undefined
  /** For tests: milliseconds. */
  now?: (() => number) | undefined
}

/** What became of one line, in the order of the lines. */
export type LineAnswer = { line: number; status: number } & Record<string, unknown>

interface Entry extends CheckedSend {
  line: number
}

/**
 * Adds a send for each line. A line that is refused leaves the others as they are. When the store is slow, the rest is
 * refused; a repeat with the same keys finds what is stored quickly, and goes on there.
 */
export async function addLines(lines: AsyncIterable<BodyLine>, options: BatchOptions): Promise<LineAnswer[]> {
  const { queue, checkSend, keyOf, storeMs = batchLimits.storeMs, now = () => performance.now() } = options
  const answers: LineAnswer[] = []
  let held: Entry[] = []
  let characters = 0
  let count = 0
  let storedForMs = 0
  for await (const { number, text } of lines) {
    if (++count > maxLines) {
      await storeHeld()
      refuse(number, createError('DYN_SENDS_TOO_MANY', { limit: maxLines }))
      break
    }
    try {
      if (text === null) throw createError('DYN_BODY_TOO_LARGE')
      held.push({ line: number, ...checkSend(readJson(text), keyOf(number)) })
      characters += text.length
    } catch (error) {
      refuse(number, error)
    }
    if (held.length === linesHeld || characters >= charactersHeld) await storeHeld()
  }
  await storeHeld()
  return answers.sort((a, b) => a.line - b.line)

  async function storeHeld(): Promise<void> {
    const entries = held
    held = []
    characters = 0
    try {
      const unknown = await answerKnown(entries)
      for (let from = 0; from < unknown.length; from += linesTogether) {
        await store(unknown.slice(from, from + linesTogether))
      }
    } catch (error) {
      for (const { line } of entries) refuse(line, error)
    }
  }

  /** Answers for what was stored before; returns the rest. */
  async function answerKnown(entries: Entry[]): Promise<Entry[]> {
    if (!entries.some(({ send }) => send.idempotencyKey)) return entries
    const found = await queue().findAdded(entries.map(({ send }) => send))
    return entries.filter(({ line, problems }, index) => {
      const known = found[index] ?? null
      if (known instanceof DynablockError) refuse(line, known)
      else if (known) answers.push({ line, status: 200, ...showAddedSend(known, problems) })
      return known === null
    })
  }

  async function store(entries: Entry[]): Promise<void> {
    try {
      await add(entries)
    } catch (error) {
      if (!isConflict(error)) for (const { line } of entries) refuse(line, error)
      // One of them has the key of another send, and all were refused with it.
      else for (const entry of entries) await add([entry]).catch(cause => refuse(entry.line, cause))
    }
  }

  async function add(entries: Entry[]): Promise<void> {
    if (storedForMs >= storeMs) throw createError('DYN_BATCH_UNFINISHED')
    const startedAt = now()
    try {
      const added = await queue().add(entries.map(({ send }) => send))
      for (const [index, { job, existed }] of added.entries()) {
        const { line, problems } = entries[index] as Entry
        answers.push({ line, status: existed ? 200 : 202, ...showAddedSend(job, problems) })
      }
    } finally {
      storedForMs += now() - startedAt
    }
  }

  function refuse(line: number, error: unknown): void {
    const { status, ...problem } = problemOf(error instanceof DynablockError ? error : createError('DYN_INTERNAL'))
    answers.push({ line, status, ...problem })
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof DynablockError && error.code === 'DYN_IDEMPOTENCY_CONFLICT'
}
