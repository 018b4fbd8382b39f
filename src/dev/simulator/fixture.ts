/** Conversations with the simulator as files, and what came of them when they were done again. */
import type { ChatEvent } from '../conversation/event.ts'
import { readAnswer, type Step } from '../conversation/fixture.ts'
import type { DiffLine } from './diff.ts'

/** What came of one step that was done again. */
export interface Replayed {
  step: Step
  changed: boolean
  diff: DiffLine[]
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
