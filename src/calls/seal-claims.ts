import { type Static, Type } from '@sinclair/typebox'
import { channels } from '../content/channels.ts'

export const Channel = Type.Union(channels.map(channel => Type.Literal(channel)))
const Place = Type.Union([Type.String(), Type.Null()])

/** A caption and the step it leads to; null if ManyChat itself follows it, to a flow or node. */
export type Choice = [caption: string, step: string | null, state?: unknown]
const Choice = Type.Unsafe<Choice>(
  Type.Union([Type.Tuple([Type.String(), Place]), Type.Tuple([Type.String(), Place, Type.Unknown()])]),
)

/** An undefined member is absent from the token. */
const Maybe = Type.Optional(Type.Unsafe<string | undefined>(Type.String()))

/** The signed data of a callback: everything a step needs, so that the server keeps no session. */
export const SealClaims = Type.Object({
  block: Type.String(),
  /** The step to enter; `menuStep` for a menu that asks again. */
  step: Type.String(),
  state: Type.Optional(Type.Unknown()),
  contact: Type.String(),
  page: Maybe,
  channel: Channel,
  first_name: Maybe,
  language: Maybe,
  /** Seconds since 1970, as in every JWT. */
  exp: Type.Number(),
  /** Only set on a listener: how many seconds it waits. */
  listen: Type.Optional(Type.Number()),
  /** Answers that lead to a step other than `step`. */
  choices: Type.Optional(Type.Array(Choice)),
  /** Only set on a menu: its prompt. The contact can then also answer with the number of a choice. */
  menu: Type.Optional(Type.String()),
  /** Set when quick replies and a listener were sent together: a tap then arrives twice, and is answered once. */
  turn: Type.Optional(Type.String()),
  /** Set on a quick reply of such a pair: its index in the listener's `choices`. */
  choice: Type.Optional(Type.Number()),
})
export type SealClaims = Static<typeof SealClaims>

export function choiceOf(caption: string, step: string | null, state: unknown): Choice {
  return state === undefined ? [caption, step] : [caption, step, state]
}

/** Turns claims into a token that only this server can make. */
export type Sign = (claims: SealClaims) => string

/** The step of a menu without `otherwise`: it asks again. No step of a block can have this name. */
export const menuStep = '~menu'
/** The step for a choice that ManyChat itself follows: nothing is shown, and the listener keeps waiting. */
export const silentStep = '~silent'

/** Where a callback leads: its own step, or the step of the choice that the contact typed. */
export interface Target {
  step: string
  state?: unknown
  /** The same for both requests of a quick-reply tap. */
  pair?: string
}

export function targetOf(claims: SealClaims, input: string | null): Target {
  const { step, state, turn, choice, choices } = claims
  if (turn !== undefined && choice !== undefined) return { step, state, pair: `${turn} ${choice}` }
  const place = findChoice(claims, input)
  const [, chosen, chosenState] = choices?.[place] ?? []
  if (chosen === undefined) return { step, state }
  if (chosen === null) return { step: silentStep }
  return { step: chosen, state: chosenState, ...(turn !== undefined && { pair: `${turn} ${place}` }) }
}

/** The index of the choice that the contact means: by its caption in any case or, in a menu, by its number; else -1. */
function findChoice({ choices = [], menu }: SealClaims, input: string | null): number {
  if (input === null) return -1
  const said = normalise(input)
  const byCaption = choices.findIndex(([caption]) => normalise(caption) === said)
  if (byCaption >= 0 || menu === undefined) return byCaption
  const number = /^#?(\d{1,3})[.)]?$/.exec(said)?.[1]
  return number !== undefined && Number(number) <= choices.length ? Number(number) - 1 : -1
}

/** Undoes what keyboards add unasked: extra spaces, full-width digits and keycaps (1️⃣). */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\uFE0F\u20E3]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}
