/** Servers of blocks with memory, and calls of their contacts. */
import type { Test } from 'tap'
import type { Block } from '../../src/blocks/define.ts'
import { defineBlock, Type } from '../../src/index.ts'
import { page, serveLate } from '../calls/late-server.ts'
import { type Answer, post, secret } from '../helper.ts'
import type { Bench } from '../store/engines.ts'

/** Says how often it was called, which it remembers. */
export const counter = defineBlock({
  memory: { schema: Type.Object({ count: Type.Integer() }), keepDays: 30 },
  fallback: 'It failed',
  waiting: 'One moment',
  open: async ({ memory, remember }) => {
    const { count } = (await memory()) ?? { count: 0 }
    await remember({ count: count + 1 })
    return String((await memory())?.count)
  },
})

export async function serveRooms(
  t: Test,
  { options }: Pick<Bench, 'options'>,
  blocks: Record<string, Block>,
  over: Parameters<typeof serveLate>[3] = {},
) {
  const server = await serveLate(t, options, blocks, { replyWithinMs: 8000, ...over })
  await server.ready()
  return { ...server, call, logged }

  /** Opens a block with members beside the contact; returns the text that the contact sees at once. */
  async function call(block: string, contact = '1', extras: object = {}): Promise<string | undefined> {
    const body = { contact: { id: contact, page_id: page, key: `user:${contact}` }, ...extras }
    const answer: Answer = await post(server.app, `/blocks/${block}`, body, { authorization: `Bearer ${secret}` })
    return answer.shown
  }

  /** The codes of the errors in the log. */
  function logged(): unknown[] {
    return server.log.map(line => JSON.parse(line)).flatMap(({ level, code }) => (level === 50 ? [code] : []))
  }
}

/** Handlers wait at it, until the test lets one after the other go on. */
export function createGate() {
  const waiting: (() => void)[] = []
  return {
    pass: () => new Promise<void>(goOn => waiting.push(goOn)),
    count: () => waiting.length,
    open: () => waiting.shift()?.(),
  }
}
