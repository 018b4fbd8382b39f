/** A server that listens, with a platform on a socket behind it and blocks that answer when the test says so. */
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Block } from '../../src/blocks/define.ts'
import type { Config } from '../../src/config.ts'
import type { StoreOptions } from '../../src/sends/store.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { config, secret, serve } from '../helper.ts'

export const page = '1234567890123456789'

type Platform = Awaited<ReturnType<typeof startFakePlatform>>

export async function serveLate(
  t: Test,
  { dataDir, databaseUrl, schema }: StoreOptions,
  blocks: Record<string, Block>,
  { platform: given, leaseMs, ...over }: Partial<Config> & { platform?: Platform; leaseMs?: number } = {},
) {
  const platform = given ?? (await startFakePlatform(t))
  const log: string[] = []
  const app = buildApp({
    config: {
      ...config,
      replyWithinMs: 20,
      port: 0,
      dataDir,
      databaseUrl: databaseUrl && `${databaseUrl}?options=-csearch_path%3D${schema}`,
      manychatApiKeys: [`${page}:key`],
      manychatApiUrl: platform.url,
      ...over,
    },
    blocks: serve(blocks),
    logStream: { write: line => log.push(line) },
    ...(leaseMs !== undefined && { leaseMs }),
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { app, platform, log, open, delivered, ready, until }

  /** Opens a block, and returns the text that the contact sees at once. */
  async function open(block: string, contact = '9007199254740993123'): Promise<string> {
    const response = await fetch(`${url}/blocks/${block}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: `{"id":${contact},"page_id":${page},"first_name":"Ana","last_input_text":"When?"}`,
    })
    const { content } = (await response.json()) as { content: { messages: { text?: string }[] } }
    return content.messages[0]?.text ?? ''
  }

  /** The texts that were delivered, once there are so many. */
  async function delivered(count: number): Promise<string[]> {
    const texts = () => platform.heard.map(({ body }) => JSON.parse(body).data.content.messages[0].text)
    await until(() => platform.heard.length >= count)
    return texts()
  }

  /** Resolves when the store is open. */
  async function ready(): Promise<void> {
    await until(async () => (await fetch(`${url}/readyz`)).ok)
  }
}

/** Real processes and sockets say nothing when they are done; one that never is fails the test by its time limit. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}
