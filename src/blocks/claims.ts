import type { Channel } from '../content/channels.ts'

/** What a callback carries, signed: all that a step needs, so that the server keeps no session. */
export interface Claims {
  block: string
  /** The step to enter; `menuStep` for a menu that asks again. */
  step: string
  state?: unknown
  contact: string
  page?: string | undefined
  channel: Channel
  first_name?: string | undefined
  language?: string | undefined
  /** Seconds since 1970, as in every JWT. */
  exp: number
  /** Set on a listener only: how many seconds it waits. */
  listen?: number
  /** Answers that lead elsewhere than to `step`. */
  choices?: Choice[]
  /** Set on a menu only: its prompt. The number of a choice is then understood too. */
  menu?: string
  /** Set where quick replies and a listener went out together: a tap then comes twice, and is answered once. */
  turn?: string
  /** Set on a quick reply of such a turn: its place among the `choices` of the listener. */
  choice?: number
}

/** A caption and where it leads; null where ManyChat itself follows it, to a flow or node. */
export type Choice = [caption: string, step: string | null, state?: unknown]

export function choiceOf(caption: string, step: string | null, state: unknown): Choice {
  return state === undefined ? [caption, step] : [caption, step, state]
}

/** Turns claims into a token that only this server can make. */
export type Sign = (claims: Claims) => string

/** The step of a menu that has no `otherwise`: it asks again. No step of a block can have this name. */
export const menuStep = '~menu'
/** Where a choice leads that ManyChat itself follows: nothing is shown, and the listener goes on. */
export const silentStep = '~silent'

/** Where a callback leads: its own step, or that of the choice which the contact made by message. */
export interface Target {
  step: string
  state?: unknown
  /** The same for both requests of a quick-reply tap. */
  pair?: string
}

export function targetOf(claims: Claims, input: string | null): Target {
  const { step, state, turn, choice, choices } = claims
  if (turn !== undefined && choice !== undefined) return { step, state, pair: `${turn} ${choice}` }
  const place = findChoice(claims, input)
  const [, chosen, chosenState] = choices?.[place] ?? []
  if (chosen === undefined) return { step, state }
  if (chosen === null) return { step: silentStep }
  return { step: chosen, state: chosenState, ...(turn !== undefined && { pair: `${turn} ${place}` }) }
}

/** The place of the choice that the contact means, by its caption in any case or, in a menu, by its number; else -1. */
function findChoice({ choices = [], menu }: Claims, input: string | null): number {
  if (input === null) return -1
  const said = normalise(input)
  const byCaption = choices.findIndex(([caption]) => normalise(caption) === said)
  if (byCaption >= 0 || menu === undefined) return byCaption
  const number = /^#?(\d{1,3})[.)]?$/.exec(said)?.[1]
  return number !== undefined && Number(number) <= choices.length ? Number(number) - 1 : -1
}

/** Keyboards add spaces, full-width digits and keycaps (1️⃣) that no contact means. */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\uFE0F\u20E3]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}
