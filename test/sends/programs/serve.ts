/** The whole server on a free port, with a block as slow as its caller asks. */

import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from '../../../src/app.ts'
import { defineBlock } from '../../../src/index.ts'
import { counter } from '../../contacts/serve.ts'
import { config, serve } from '../../helper.ts'
import type { ServeOptions } from '../server-process.ts'

const { leaseMs, ...over } = JSON.parse(process.argv[2] as string) as ServeOptions
const app = buildApp({
  config: { ...config, logLevel: 'fatal', replyWithinMs: 30, ...over },
  blocks: serve({
    counter,
    slow: defineBlock({
      waiting: 'waiting',
      fallback: 'fallback',
      open: async ({ extras }) => {
        await sleep(Number(extras.ms))
        return String(extras.text)
      },
    }),
  }),
  ...(leaseMs !== undefined && { leaseMs }),
})
await app.listen({ host: '127.0.0.1', port: 0 })
// Sent because a test limits file sizes; a full disk sends no signal.
process.on('SIGXFSZ', () => undefined)
process.once('SIGTERM', () => app.close().then(() => process.disconnect()))
process.send?.((app.server.address() as AddressInfo).port)
