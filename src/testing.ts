/** What tests import: a contact who talks to a block through the real server, without a socket. */
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
import { type Channel, channels } from './content/channels.ts'
import { createContact } from './dev/conversation/contact.ts'
import { createConversation } from './dev/conversation/conversation.ts'
import type { ChatEvent, ChatProblem } from './dev/conversation/event.ts'
import type { WireRequest, WireResponse } from './dev/conversation/wire.ts'
import { createFakeApi } from './dev/fake-api/fake-api.ts'
import { fakeKey } from './dev/fake-api/key.ts'
import { type Chat, createChat } from './dev/testing/chat.ts'
import { type ChatClock, createClock } from './dev/testing/clock.ts'
import { createHandlers } from './dev/testing/handlers.ts'
import { createError } from './errors/errors.ts'
import { createLog } from './log.ts'
import { loadConfig } from './settings/config.ts'

export type { ChatEvent, ChatProblem } from './dev/conversation/event.ts'
export type { Chat } from './dev/testing/chat.ts'
export { type ChatClock, createClock } from './dev/testing/clock.ts'
export type { ChatMessage } from './dev/testing/message.ts'

export interface ChatOptions {
  /** Default `messenger`. */
  channel?: Channel
  /** Fields of Full Contact Data to override; default: those of Ana, 9007199254740993123 on page 1234567890123456789. */
  contact?: Partial<Contact>
  /** The members of the Dynamic Block's body besides `contact` and `channel`. */
  extras?: Record<string, unknown>
  /** The chat's clock; default: one that starts now and only moves by `wait`. */
  clock?: ChatClock
  /**
   * How long a handler may take, in milliseconds of real time. This option, or the block's own `replyWithinMs`, turns late
   * replies on: a slow block shows `waiting`, and its reply arrives later. Otherwise a block that takes longer than 8 s
   * fails.
   */
  replyWithinMs?: number
  /** Whether failures are thrown; if false, they are only listed in `problems`. Default true. */
  strict?: boolean
  /** The folder of a block that is passed by name; default `blocks`, or the examples if there is no such folder. */
  folder?: string
  /** Called with each event as it happens. */
  onEvent?: (event: ChatEvent) => void
}

const publicUrl = 'https://dynablock.test'
/** Nothing needs to survive a test, and a busy disk may take a second for a write that a contact waits for. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** The name of a block that was passed itself, without a file. */
const unnamed = 'block'

/**
 * Opens a block as a contact, and resolves when they see its answer. Pass what `defineBlock` returned, the path of the
 * block's file, or its name in `folder`.
 *
 * @throws DynablockError `DYN_CHAT_OPTIONS` for an unknown block or channel, `DYN_CHAT_FAILED` when the block fails
 * @example
 * import size from './size.ts'
 *
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
  // In real time, as its rate limits and those of the clients count real seconds.
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
    // A promise that the test has just resolved has not reached the handler yet.
    await new Promise(resolve => setImmediate(resolve))
    await until(async () => (await server.countUnderWay()) <= (which === 'all' ? 0 : handlers.running()))
    await server.collectDead()
  }
}

interface Found {
  name: string
  block: Block
  stop(): void
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

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
    `a block in ${isFile ? dirname(path) : folder}`,
    `"${name}"`,
    `Did you mean "${closest(name, blocks.names())}"?`,
  )
}

interface ServerOptions extends Found {
  contact: Contact
  clock: ChatClock
  replyWithinMs: number | undefined
  /** Where outbound calls go. */
  fetch: typeof fetch
}

/** Starts the real server with settings of its own. Its outbound calls reach the contact of the chat. */
async function startServer({ name, block, stop, contact, clock, replyWithinMs, fetch }: ServerOptions) {
  const [secret, token] = [makeSecret(), makeSecret()]
  // Only late replies and memory need the store and a listening server; both cost time that most tests don't need to spend.
  const needsStore = (replyWithinMs ?? block.replyWithinMs ?? block.memory) !== undefined
  const dataDir = needsStore ? mkdtempSync(join(memory, 'dynablock-chat-')) : join(memory, 'dynablock-chat-none')
  const config = loadConfig(
    {
      NODE_ENV: 'development',
      PUBLIC_URL: publicUrl,
      WEBHOOK_SECRETS: secret,
      STATE_KEYS: makeSecret(),
      API_TOKENS: token,
      MANYCHAT_API_KEYS: fakeKey(contact.page_id ?? '1'),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      REPLY_WITHIN_MS: String(replyWithinMs ?? 8000),
    },
    { live: true },
  )
  const failures: ChatProblem[] = []
  const dead = new Set<string>()
  const app = buildApp({
    config,
    blocks: { get: asked => (asked === name ? block : undefined), names: () => [name], stop },
    now: clock.now,
    log: createLog(config, { write: line => noteFailure(JSON.parse(line)) }),
    fetch,
    // A machine that runs tests may stall for a second.
    maxDelayMs: Number.POSITIVE_INFINITY,
  })
  if (needsStore) {
    // The store opens, and its worker starts, once the server listens.
    await app.listen({ host: '127.0.0.1', port: 0 })
    await until(async () => (await app.inject('/readyz')).statusCode === 200)
  }
  const opening = { url: `${publicUrl}/blocks/${name}`, headers: { authorization: `Bearer ${secret}` } }
  return { opening, carry, countUnderWay, collectDead, takeFailures: () => failures.splice(0), close }

  async function carry({ url, headers, body }: WireRequest): Promise<WireResponse> {
    const since = performance.now()
    // An address that a block's author wrote by hand may lead to another server, which no test should call.
    if (!url.startsWith(publicUrl)) return { failed: 'refused', ms: 0 }
    const path = url.slice(publicUrl.length)
    const response = await app.inject({ method: 'POST', url: path, headers, payload: body })
    const named = Object.entries(response.headers).map(([header, value]) => [header, String(value)])
    const ms = performance.now() - since
    return { status: response.statusCode, headers: Object.fromEntries(named), body: response.body, ms }
  }

  /** How many late replies have not arrived yet. */
  async function countUnderWay(): Promise<number> {
    return needsStore ? (await listSends('running')).length + (await listSends('waiting')).length : 0
  }

  /** A late reply that could not be delivered counts as a failure, too. */
  async function collectDead(): Promise<void> {
    for (const { id, last_error } of needsStore ? await listSends('dead') : []) {
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
    if (needsStore) rmSync(dataDir, { recursive: true, force: true })
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 5))
}

function makeSecret(): string {
  return randomBytes(32).toString('hex')
}

function refuse(expected: string, got: string, remedy: string): never {
  throw createError('DYN_CHAT_OPTIONS', { expected, got, remedy })
}
