/** Repeats the contact's steps of a recorded conversation. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'
import { DynablockError } from '../../errors/errors.ts'
import { createContact } from '../conversation/contact.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { type Fixture, normalise, readAnswer, type Step } from '../conversation/fixture.ts'
import { buttonsOf } from '../conversation/tappable.ts'
import { isAsRecorded } from '../record/fakes.ts'
import type { Chat } from '../testing/chat.ts'
import { compare, type Difference } from './compare.ts'

export interface ReplayedStep {
  step: Step
  differences: Difference[]
  /** The new answers. */
  answers: unknown[]
  /** Why the step could not be repeated. It is the last one then: later steps were made for other answers. */
  failure?: string
}

/** Takes the steps: a chat, or a session of the simulator. */
export type Player = Pick<Chat, 'conversation' | 'wait'>

/** The recorded contact. Fields that ManyChat didn't send are null, and don't fall back to the sample contact. */
export function contactOf({ channel, contact }: Fixture): Partial<Contact> {
  const absent = Object.keys(createContact(channel as Channel)).map(name => [name, null])
  return { ...Object.fromEntries(absent), ...contact }
}

/** Repeats the steps; skips the first, which opens the block, if the conversation is already open. */
export async function replay({ steps }: Fixture, player: Player, publicUrl: string): Promise<ReplayedStep[]> {
  const { conversation } = player
  const replayed: ReplayedStep[] = []
  const isOpened = conversation.events.length > 0
  let seen = 0
  for (const [number, step] of steps.entries()) {
    const path = `/steps/${number}`
    try {
      if (number > 0 || !isOpened) await repeat(step, player)
    } catch (error) {
      if (!(error instanceof DynablockError)) throw error
      const { message: failure } = error
      return [...replayed, { step, differences: [{ path, expected: step.do, got: failure }], answers: [], failure }]
    }
    const since = conversation.events.slice(seen)
    seen = conversation.events.length
    const answers = since.flatMap(event => (event.kind === 'response' ? [readAnswer(event.response, publicUrl)] : []))
    const differences = compare(normalise(step.answers, publicUrl), answers, `${path}/answers`)
    replayed.push({ step, differences, answers })
  }
  return replayed
}

async function repeat(step: Step, { conversation, wait }: Player): Promise<void> {
  if (step.do === 'open') await conversation.open()
  else if (step.do === 'say') await conversation.say(step.text)
  else if (step.do === 'wait') await wait(step.ms / 1000)
  else await conversation.tap(findTapped(conversation, step))
}

/** The id or caption to tap. A missing one of several buttons gets a caption that the error can show. */
function findTapped({ screen }: Conversation, { caption, index }: Extract<Step, { do: 'tap' }>): number | string {
  if (index === undefined) return caption
  const { bubbles, quickReplies } = screen()
  const shown = [...bubbles.flatMap(({ message }) => buttonsOf(message)), ...quickReplies]
  const candidates = shown.filter(
    ({ wire }) => wire.type === 'dynamic_block_callback' && isAsRecorded(caption, wire.caption),
  )
  return candidates[index]?.id ?? `${caption} (number ${index})`
}
