/** Conversations of the simulator as files, and the differences that a replay found, as the page shows them. */
import type { ChatEvent } from '../conversation/event.ts'
import { readAnswer, type Step } from '../conversation/fixture.ts'
import type { ReplayedStep } from '../replay/replay.ts'

/** One line of a comparison: the place, a removed line, or an added line. */
interface DiffLine {
  sign: ' ' | '-' | '+'
  text: string
}

export interface Replayed {
  step: Step
  changed: boolean
  diff: DiffLine[]
}

export function showReplayed({ step, differences }: ReplayedStep): Replayed {
  const diff = differences.flatMap(({ path, expected, got }) => [
    { sign: ' ' as const, text: path },
    ...linesOf('-', expected),
    ...linesOf('+', got),
  ])
  return { step, changed: diff.length > 0, diff }
}

function linesOf(sign: '-' | '+', value: unknown): DiffLine[] {
  if (value === undefined) return []
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map(text => ({ sign, text: `  ${text}` }))
}

/** The steps of a conversation. An answer belongs to the step whose request it answers. */
export function recordSteps(events: readonly ChatEvent[], publicUrl: string): Step[] {
  const steps: Step[] = []
  const answersOf = new Map<number, Step['answers']>()
  for (const event of events) {
    if (event.kind === 'tapped') steps.push({ do: 'tap', caption: event.caption, answers: [] })
    else if (event.kind === 'said') steps.push({ do: 'say', text: event.text, answers: [] })
    else if (event.kind === 'waited') steps.push({ do: 'wait', ms: event.ms, answers: [] })
    else if (event.kind === 'request') {
      if (event.purpose === 'open') steps.push({ do: 'open', answers: [] })
      answersOf.set(event.id, steps.at(-1)?.answers ?? [])
    } else if (event.kind === 'response') {
      answersOf.get(event.request)?.push(readAnswer(event.response, publicUrl))
    }
  }
  return steps
}
