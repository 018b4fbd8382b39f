/** Compares the deliveries with the promises. */
import type { Delivery } from '../recording-platform.ts'

/** A message requested by a contact or a system. Requests for one contact were made one at a time. */
export interface Message {
  text: string
  contact: string
  kind: 'send' | 'late'
  /** A send answered with 202, or a call whose contact saw `waiting`. */
  isPromised: boolean
}

/** The end of a run. Its number is the key of its deliveries, because its last ones may arrive after its death. */
export interface Kill {
  at: number
  /** Texts of the sends that were done according to the store. */
  done: ReadonlySet<string>
}

export interface Counts {
  kills: number
  /** Sends answered with 202. */
  accepted: number
  /** Calls whose contacts saw `waiting`. */
  acknowledged: number
  /** Distinct messages that arrived. */
  delivered: number
  'twice, outcome unknown': number
  'twice otherwise': number
  'out of order': number
  lost: number
}

/** An answer that arrived this long before the kill should have been recorded. */
const recordedWithinMs = 1000

export function judge(
  messages: Message[],
  deliveries: Delivery[],
  kills: Kill[],
  broken: ReadonlySet<Delivery>,
): Counts {
  const arrivals = Map.groupBy(deliveries, ({ text }) => text)
  const repeats = [...arrivals.values()].flatMap(same => same.slice(1).map((again, i) => [same[i] as Delivery, again]))
  const unknown = repeats.filter(([before, again]) => isUnknown(before as Delivery, again as Delivery))
  const promised = messages.filter(({ isPromised }) => isPromised)
  return {
    kills: kills.length,
    accepted: promised.filter(({ kind }) => kind === 'send').length,
    acknowledged: promised.filter(({ kind }) => kind === 'late').length,
    delivered: arrivals.size,
    'twice, outcome unknown': unknown.length,
    'twice otherwise': repeats.length - unknown.length,
    'out of order': countOutOfOrder(messages, [...arrivals.keys()]),
    lost: promised.filter(({ text }) => !arrivals.has(text)).length,
  }

  /** Whether the first delivery's outcome was unknown: its connection broke, or its process was killed before recording it. */
  function isUnknown(before: Delivery, again: Delivery): boolean {
    if (broken.has(before)) return true
    const kill = kills[Number(before.key)]
    if (before.key === again.key || !kill || kill.done.has(before.text)) return false
    return before.endedAt === null || kill.at - before.endedAt < recordedWithinMs
  }
}

/** @param arrived texts in the order of their first deliveries */
function countOutOfOrder(messages: Message[], arrived: string[]): number {
  const order = new Map(messages.map(({ text, contact }, index) => [text, { contact, index }]))
  const last = new Map<string, number>()
  return arrived.filter(text => {
    const { contact, index } = order.get(text) as { contact: string; index: number }
    const isBehind = index < (last.get(contact) ?? -1)
    last.set(contact, Math.max(index, last.get(contact) ?? -1))
    return isBehind
  }).length
}
