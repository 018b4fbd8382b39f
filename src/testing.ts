/** What tests import: a contact who talks with a block through the real server, without a socket. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { buildApp } from './app.ts'
import type { Contact } from './blocks/contact.ts'
import { type Block, isBlock } from './blocks/define.ts'
import { blocksFolder } from './blocks/folder.ts'
import { loadBlocks } from './blocks/load.ts'
import { loadConfig } from './config.ts'
import { type Channel, channels } from './content/channels.ts'
import { createContact } from './dev/conversation/contact.ts'
import { createConversation } from './dev/conversation/conversation.ts'
import type { ChatEvent, ChatProblem } from './dev/conversation/event.ts'
import type { WireRequest, WireResponse } from './dev/conversation/wire.ts'
import { createFakeApi, fakeKey } from './dev/fake-api/fake-api.ts'
import { type Chat, createChat } from './dev/testing/chat.ts'
import { type ChatClock, createClock } from './dev/testing/clock.ts'
import { createHandlers } from './dev/testing/handlers.ts'
import { createError } from './errors.ts'

export type { ChatEvent, ChatProblem } from './dev/conversation/event.ts'
export type { Chat } from './dev/testing/chat.ts'
export { type ChatClock, createClock } from './dev/testing/clock.ts'
export type { ChatMessage } from './dev/testing/message.ts'

export interface ChatOptions {
  /** Default `messenger`. */
  channel?: Channel
  /** Fields of Full Contact Data, put over those of Ana, who is 9007199254740993123 on page 1234567890123456789. */
  contact?: Partial<Contact>
  /** What the body of the Dynamic Block holds beside `contact` and `channel`. */
  extras?: Record<string, unknown>
  /** The time in the chat; default one that begins now, and moves by `wait` only. */
  clock?: ChatClock
  /**
   * How long a handler may take, in milliseconds of the test itself. With it (or with the block's own `replyWithinMs`) late
   * replies are on: a slow block shows `waiting`, and its reply arrives later. Without it, a block that takes longer than
   * 8 s fails.
   */
  replyWithinMs?: number
  /** false: what fails is told in `problems`, and not thrown; default true. */
  strict?: boolean
  /** Where a block that is given by its name is found; default `blocks`, and the examples where there is none. */
  folder?: string
  /** Is told of each event as it happens. */
  onEvent?: (event: ChatEvent) => void
}

const publicUrl = 'https://dynablock.test'
/** A test needs nothing that survives it, and a busy disk may take a second for what a contact waits for. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** The block's name in a chat that was given the block itself. */
const unnamed = 'block'

/**
 * Opens a block as its contact, and resolves when they see what it answers. The block: what `defineBlock` returned, or the
 * path of its file, or its name in `folder`.
 *
 * @throws DynablockError `DYN_CHAT_OPTIONS` for a block or channel that there is not, `DYN_CHAT_FAILED` when the block fails
 * @example
 * const chat = await openChat(size, { channel: 'instagram' })
 * await chat.tap('Small')
 * assert.equal(chat.last?.text, 'S it is. And your name?')
 */
export async function openChat(block: Block | string | URL, options: ChatOptions = {}): Promise<Chat> {
  const { channel = 'messenger', clock = createClock(Date.now()), strict = true, replyWithinMs } = options
  if (!channels.includes(channel)) refuse(`one of ${channels.join(', ')}`, `"${channel}"`, 'Change the channel.')
  const contact = createContact(channel, options.contact)
  const handlers = createHandlers()
  const found = await findBlock(block, options.folder)
  const served = { ...found, block: handlers.watch(found.block) }
  // Its limits are of real seconds, as are those of the clients.
  const fakeApi = createFakeApi({ now: Date.now })
  const server = await startServer({ ...served, contact, clock, replyWithinMs, fetch: fakeApi.fetch })
  const conversation = createConversation({
    channel,
    contact,
    open: { ...server.opening, extras: options.extras ?? {} },
    request: server.carry,
    now: clock.now,
    ...(options.onEvent && { onEvent: options.onEvent }),
  })
  fakeApi.subscribers.join(conversation)
  const chat = createChat({
    conversation,
    clock,
    strict,
    takeThrown: handlers.takeThrown,
    takeFailures: server.takeFailures,
    arrive,
    close: server.close,
  })
  try {
    await chat.open()
  } catch (error) {
    await chat.close()
    throw error
  }
  return chat

  async function arrive(which: 'ready' | 'all'): Promise<void> {
    // What the test resolved just now has not reached the handler yet.
    await new Promise(resolve => setImmediate(resolve))
    await until(async () => (await server.countUnderWay()) <= (which === 'all' ? 0 : handlers.running()))
    await server.lookForDead()
  }
}

interface Found {
  name: string
  block: Block
  stop(): void
}

async function findBlock(given: Block | string | URL, folder = blocksFolder(undefined)): Promise<Found> {
  if (isBlock(given)) return { name: unnamed, block: given, stop: () => {} }
  const path = given instanceof URL ? fileURLToPath(given) : given
  if (typeof path !== 'string')
    refuse('a block, a path or a name', `a value of type ${typeof path}`, 'Give the default export of its file.')
  const isFile = /[\\/]|\.\w+$/.test(path)
  const blocks = await loadBlocks({ folder: isFile ? dirname(path) : folder, log: silent })
  const name = isFile ? basename(path, extname(path)) : path
  const block = blocks.get(name)
  if (block) return { name, block, stop: blocks.stop }
  blocks.stop()
  refuse(
    `a block of ${isFile ? dirname(path) : folder}`,
    `"${name}"`,
    `Did you mean "${closest(name, blocks.names())}"?`,
  )
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

interface ServerOptions extends Found {
  contact: Contact
  clock: ChatClock
  replyWithinMs: number | undefined
  /** Where outbound calls go. */
  fetch: typeof fetch
}

/** The real server, with settings of its own, whose outbound calls reach the contact of the chat. */
async function startServer({ name, block, stop, contact, clock, replyWithinMs, fetch }: ServerOptions) {
  const [secret, token] = [makeSecret(), makeSecret()]
  const isLate = (replyWithinMs ?? block.replyWithinMs) !== undefined
  // Only late replies need the store, and a process that answers its event loop: both cost time that most tests don't have.
  const dataDir = isLate ? mkdtempSync(join(memory, 'dynablock-chat-')) : join(memory, 'dynablock-chat-none')
  const config = loadConfig({
    NODE_ENV: 'test',
    PUBLIC_URL: publicUrl,
    WEBHOOK_SECRETS: secret,
    STATE_KEYS: makeSecret(),
    API_TOKENS: token,
    MANYCHAT_API_KEYS: fakeKey(contact.page_id ?? '1'),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    REPLY_WITHIN_MS: String(replyWithinMs ?? 8000),
  })
  const failures: ChatProblem[] = []
  const dead = new Set<string>()
  const app = buildApp({
    config,
    blocks: { get: asked => (asked === name ? block : undefined), names: () => [name], stop },
    now: clock.now,
    logStream: { write: line => noteFailure(JSON.parse(line)) },
    fetch,
  })
  if (isLate) {
    // The store opens, and its worker starts, once the server listens.
    await app.listen({ host: '127.0.0.1', port: 0 })
    await until(async () => (await app.inject('/readyz')).statusCode === 200)
  }
  const opening = { url: `${publicUrl}/blocks/${name}`, headers: { authorization: `Bearer ${secret}` } }
  return { opening, carry, countUnderWay, lookForDead, takeFailures: () => failures.splice(0), close }

  async function carry({ url, headers, body }: WireRequest): Promise<WireResponse> {
    const since = performance.now()
    // What a block wrote by hand may lead to another server, which no test should call.
    if (!url.startsWith(publicUrl)) return { failed: 'refused', ms: 0 }
    const path = url.slice(publicUrl.length)
    const response = await app.inject({ method: 'POST', url: path, headers, payload: body })
    const named = Object.entries(response.headers).map(([header, value]) => [header, String(value)])
    const ms = performance.now() - since
    return { status: response.statusCode, headers: Object.fromEntries(named), body: response.body, ms }
  }

  /** How many late replies have not arrived. */
  async function countUnderWay(): Promise<number> {
    return isLate ? (await listSends('running')).length + (await listSends('waiting')).length : 0
  }

  /** A late reply that could not be delivered failed the contact, too. */
  async function lookForDead(): Promise<void> {
    for (const { id, last_error } of isLate ? await listSends('dead') : []) {
      if (!dead.has(id))
        failures.push({ path: '', rule: last_error.code, severity: 'error', message: last_error.message })
      dead.add(id)
    }
  }

  async function listSends(state: string): Promise<{ id: string; last_error: { code: string; message: string } }[]> {
    const headers = { authorization: `Bearer ${token}` }
    return (await app.inject({ url: `/sends?state=${state}&limit=500`, headers })).json().sends
  }

  function noteFailure({ code, problem }: Record<string, unknown>): void {
    if (typeof code === 'string') failures.push({ path: '', rule: code, severity: 'error', message: String(problem) })
  }

  async function close(): Promise<void> {
    await app.close()
    if (isLate) rmSync(dataDir, { recursive: true, force: true })
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}

function makeSecret(): string {
  return randomBytes(32).toString('hex')
}

function refuse(expected: string, got: string, remedy: string): never {
  throw createError('DYN_CHAT_OPTIONS', { expected, got, remedy })
}
