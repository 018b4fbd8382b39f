/** Finds buttons and quick replies that the contact can tap. */
import type { Button } from '../../content/button.ts'
import type { QuickReply } from '../../content/quick-reply.ts'
import { createError } from '../../errors/errors.ts'
import type { Shown, Tappable } from './screen.ts'
import type { Saved } from './state.ts'

export type Place = 'button' | 'quick-reply'

type Reach = Pick<Saved, 'bubbles' | 'quickReplies'>

/** The buttons under a message. */
export function buttonsOf(message: Shown): Tappable[] {
  return message.type === 'cards' ? message.elements.flatMap(({ buttons }) => buttons) : message.buttons
}

/**
 * Buttons can be tapped forever, quick replies only while they are on the screen.
 *
 * @throws DynablockError `DYN_CHAT_TAP`, listing what can be tapped
 */
export function findTappable(state: Reach, target: number | string): { tappable: Tappable; place: Place } {
  const buttons = state.bubbles.flatMap(({ message }) => buttonsOf(message))
  const quick = state.quickReplies.find(tappable => matches(tappable, target))
  if (quick) return { tappable: quick, place: 'quick-reply' }
  const button = buttons.findLast(tappable => matches(tappable, target))
  if (button) return { tappable: button, place: 'button' }
  const captions = [...new Set([...state.quickReplies, ...buttons].map(({ caption }) => `"${caption}"`))]
  throw createError('DYN_CHAT_TAP', {
    expected:
      captions.length > 0 ? `one of ${captions.join(', ')}` : 'something on the screen, which has nothing to tap',
    got: typeof target === 'number' ? `number ${target}` : `"${target}"`,
  })
}

/** A caption matches as shown, or as sent, before the channel cut it. */
function matches({ id, caption, wire }: Tappable, target: number | string): boolean {
  return typeof target === 'number' ? id === target : caption === target || wire.caption === target
}

/** The target of a button that causes no call to the server. */
export function targetOf(wire: Exclude<Button | QuickReply, { type: 'dynamic_block_callback' }>) {
  const { type } = wire
  if (type === 'url') return { type, target: wire.url }
  if (type === 'call') return { type, target: wire.phone }
  if (type === 'buy') return { type, target: wire.product.label }
  return { type, target: wire.target }
}
