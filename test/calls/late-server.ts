/** A listening server with a platform on a socket, and blocks that answer when the test does. */
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Block } from '../../src/blocks/define.ts'
import { createLog } from '../../src/log.ts'
import type { Config } from '../../src/settings/config.ts'
import type { StoreOptions } from '../../src/store/store.ts'
import { startFakePlatform } from '../fake-platform.ts'
import { config, secret, serve } from '../helper.ts'
import { until } from '../until.ts'

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
    log: createLog(config, { write: line => log.push(line) }),
    ...(leaseMs !== undefined && { leaseMs }),
    metricsMaxAgeMs: 0,
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return { app, platform, log, open, delivered, ready, until }

  /** Opens a block, with a body made by hand if one is given; returns the text that the contact sees at once. */
  async function open(block: string, contact = '9007199254740993123', given?: string): Promise<string> {
    const response = await fetch(`${url}/blocks/${block}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: given ?? `{"id":${contact},"page_id":${page},"first_name":"Ana","last_input_text":"When?"}`,
    })
    const { content } = (await response.json()) as { content: { messages: { text?: string }[] } }
    return content.messages[0]?.text ?? ''
  }

  /** Waits for `count` deliveries; returns all delivered texts. */
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
