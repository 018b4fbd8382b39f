/** What became of what was promised. */
import type { Delivery } from '../recording-platform.ts'

/** What a contact or a system asked for. Those to one contact were asked for one at a time. */
export interface Message {
  text: string
  contact: string
  kind: 'send' | 'late'
  /** A send that was answered by 202; a call whose contact saw `waiting`. */
  isPromised: boolean
}

/** The end of a run. The key of its deliveries is its number: what it sent last may be read when it is dead. */
export interface Kill {
  at: number
  /** The texts of the sends that the store knew to be done. */
  done: ReadonlySet<string>
}

export interface Counts {
  kills: number
  /** Sends that were answered by 202. */
  accepted: number
  /** Calls whose contacts saw `waiting`. */
  acknowledged: number
  /** Different messages that arrived. */
  delivered: number
  'twice, outcome unknown': number
  'twice otherwise': number
  'out of order': number
  lost: number
}

/** An answer that came so long before the death of its process was to be recorded by then. */
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

  /** Whether nobody could know of the first delivery, as its connection broke or its process was killed before the record. */
  function isUnknown(before: Delivery, again: Delivery): boolean {
    if (broken.has(before)) return true
    const kill = kills[Number(before.key)]
    if (before.key === again.key || !kill || kill.done.has(before.text)) return false
    return before.endedAt === null || kill.at - before.endedAt < recordedWithinMs
  }
}

/** @param arrived in the order of the first deliveries */
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
