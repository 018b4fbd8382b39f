/** Does again what the contact did. */
import type { Contact } from '../../blocks/contact.ts'
import type { Channel } from '../../content/channels.ts'
import { DynablockError } from '../../errors.ts'
import { createContact } from '../conversation/contact.ts'
import { type Fixture, normalise, readAnswer, type Step } from '../conversation/fixture.ts'
import { buttonsOf } from '../conversation/tappable.ts'
import type { Chat } from '../testing/chat.ts'
import { compare, type Difference } from './compare.ts'

export interface Replayed {
  differences: Difference[]
  /** The answers of now, by step. */
  answers: unknown[][]
}

/** Whose conversation it was: what ManyChat did not send then is null, and not of the contact of tests. */
export function contactOf({ channel, contact }: Fixture): Partial<Contact> {
  const absent = Object.keys(createContact(channel as Channel)).map(name => [name, null])
  return { ...Object.fromEntries(absent), ...contact }
}

/** @param chat has opened the block already, which is the first step */
export async function replay({ steps }: Fixture, chat: Chat, publicUrl: string): Promise<Replayed> {
  const answers: unknown[][] = []
  const differences: Difference[] = []
  let heard = 0
  for (const [number, step] of steps.entries()) {
    const path = `/steps/${number}`
    try {
      if (number > 0) await repeat(step, chat)
    } catch (error) {
      if (!(error instanceof DynablockError)) throw error
      // What comes after would be said to another answer.
      return { differences: [...differences, { path, expected: step.do, got: error.message }], answers }
    }
    const since = chat.events.slice(heard)
    heard = chat.events.length
    const now = since.flatMap(event => (event.kind === 'response' ? [readAnswer(event.response, publicUrl)] : []))
    answers.push(now)
    differences.push(...compare(normalise(step.answers, publicUrl), now, `${path}/answers`))
  }
  return { differences, answers }
}

async function repeat(step: Step, chat: Chat): Promise<void> {
  const { conversation } = chat
  if (step.do === 'open') await conversation.open()
  else if (step.do === 'say') await conversation.say(step.text)
  else if (step.do === 'wait') await chat.wait(step.ms / 1000)
  else await conversation.tap(step.index === undefined ? step.caption : findButton(step.caption, step.index))

  /** A number that there is not is refused by name. */
  function findButton(caption: string, index: number): number | string {
    const buttons = conversation.screen().bubbles.flatMap(({ message }) => buttonsOf(message))
    const alike = buttons.filter(({ wire }) => wire.type === 'dynamic_block_callback' && wire.caption === caption)
    return alike[index]?.id ?? `${caption} (number ${index})`
  }
}
