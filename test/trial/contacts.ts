/** Contacts who talk with blocks through a balancer, and check each answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, createBalancer } from './balancer.ts'

export const waiting = 'One moment'
export const fallback = 'Please ask again later'
/** One in this many conversations also opens the slow block. */
const slowEvery = 200

export const blocks = {
  'ask.ts': `import { defineBlock, text, Type } from 'dynablock'
export default defineBlock({
  states: { chosen: Type.Object({ size: Type.String() }) },
  open: ({ contact, tap }) => text('Hi ' + contact.first_name, ['S', 'M', 'L'].map(size => tap(size, 'chosen', { size }))),
  steps: { chosen: ({ state }) => state.size + ' it is' },
})
`,
  'slow.ts': `import { setTimeout } from 'node:timers/promises'
import { defineBlock } from 'dynablock'
export default defineBlock({
  waiting: '${waiting}',
  fallback: '${fallback}',
  open: ({ contact }) => setTimeout(2500, 'Here I am, ' + contact.first_name),
})
`,
}

export interface Talk {
  calls: number
  invalid: string[]
  slowestMs: number
  /** Contacts who were promised a late reply. */
  promised: Set<string>
  fallbacks: number
}

export interface TalkOptions {
  balancer: ReturnType<typeof createBalancer>
  page: string
  secret(): string
}

export function createContacts({ balancer, page, secret }: TalkOptions) {
  const talk: Talk = { calls: 0, invalid: [], slowestMs: 0, promised: new Set(), fallbacks: 0 }
  let people = 0
  return { talk, chat }

  /** Runs `atOnce` conversations at a time for `seconds`, with at most `callsPerSecond`. */
  async function chat(seconds: number, atOnce: number, callsPerSecond = Number.POSITIVE_INFINITY): Promise<void> {
    const endsAt = performance.now() + seconds * 1000
    const startedAt = performance.now()
    const before = talk.calls
    const one = async () => {
      while (performance.now() < endsAt) {
        const aheadMs = startedAt + ((talk.calls - before) / callsPerSecond) * 1000 - performance.now()
        if (aheadMs > 0) await sleep(aheadMs)
        if (++people % slowEvery === 0) void askSlow(String(people))
        await choose(String(people))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }

  async function choose(id: string): Promise<void> {
    const shown = await post('/blocks/ask', contactOf(id))
    const button = readMessage(shown)?.buttons?.[1]
    if (!expect(shown, button?.caption === 'M')) return
    const { pathname } = new URL(button.url)
    const said = await post(pathname, { ...button.payload, user_id: id, input: 'M' })
    expect(said, readMessage(said)?.text === 'M it is')
  }

  async function askSlow(id: string): Promise<void> {
    const shown = await post('/blocks/slow', contactOf(id))
    const said = readMessage(shown)?.text
    if (said === waiting) talk.promised.add(id)
    if (said === fallback) talk.fallbacks++
    expect(shown, said === waiting || said === fallback)
  }

  function contactOf(id: string) {
    return { id, page_id: page, first_name: 'Ana' }
  }

  async function post(path: string, body: object): Promise<Answer> {
    talk.calls++
    const answer = await balancer.call(path, secret(), JSON.stringify(body))
    talk.slowestMs = Math.max(talk.slowestMs, answer.ms)
    return answer
  }

  function expect(answer: Answer, isValid: boolean): boolean {
    if (!isValid) talk.invalid.push(`${answer.status} ${answer.text.slice(0, 300)}`)
    return isValid
  }
}

// biome-ignore lint/suspicious/noExplicitAny: unparsed v2 content
function readMessage({ status, text }: Answer): any {
  return status === 200 ? JSON.parse(text).content.messages[0] : undefined
}
