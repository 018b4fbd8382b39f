import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { createFakes } from './fakes.ts'
import { createRecorder, type Recorded } from './recorder.ts'

type SecretName =
  | 'webhookSecrets'
  | 'stateKeys'
  | 'apiTokens'
  | 'manychatApiKeys'
  | 'matonApiKey'
  | 'chatfuelBots'
  | 'databaseUrl'

export interface RecordOptions {
  /** RECORD_DIR. */
  folder: string
  /** Its first key is what fakes are made by: they are the same after a restart. */
  config: Pick<Config, 'publicUrl' | 'stateKeys' | SecretName>
  /** Milliseconds since 1970. */
  now: () => number
}

/** Records the calls of blocks that were answered. All work is done behind the answer, and what fails there fails nobody. */
export function record(app: FastifyInstance, { folder, config, now }: RecordOptions): void {
  const fakes = createFakes(`dynablock recording ${config.stateKeys[0]}`)
  const recorder = createRecorder({ publicUrl: config.publicUrl, fakes, secrets: secretsOf(config) })
  const bodies = new WeakMap<FastifyRequest, Recorded['body']>()
  const answers = new WeakMap<FastifyRequest, string>()
  let writing = Promise.resolve()
  let hasFailed = false

  app.addHook('preHandler', (request, _reply, done) => {
    // A copy: the block may change what it is given.
    if (isCall(request)) bodies.set(request, structuredClone(request.body) as Recorded['body'])
    done()
  })
  app.addHook('onSend', (request, { statusCode }, payload, done) => {
    if (statusCode === 200 && isCall(request)) answers.set(request, String(payload))
    done(null, payload)
  })
  app.addHook('onResponse', (request, _reply, done) => {
    done()
    const [body, answer] = [bodies.get(request), answers.get(request)]
    if (body === undefined || answer === undefined) return
    const { block, step = null } = request.params as { block: string; step?: string }
    const at = now()
    writing = writing.then(() => keep({ block, step, body, answer, at })).catch(tell)
  })
  app.addHook('onReady', async () => app.log.info({ folder }, 'calls of blocks are recorded'))
  app.addHook('onClose', () => writing)

  async function keep(call: Recorded): Promise<void> {
    const changed = recorder.note(call)
    if (!changed) return
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, changed.file), `${JSON.stringify(changed.fixture, null, 2)}\n`, { mode: 0o600 })
  }

  function tell(err: unknown): void {
    if (!hasFailed) app.log.error({ err, folder }, 'a call is not recorded; further ones that fail are not told')
    hasFailed = true
  }
}

function isCall({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/blocks/:block') === true
}

/** All that no record may hold. */
function secretsOf(config: Pick<Config, SecretName>): string[] {
  const { webhookSecrets, stateKeys, apiTokens, matonApiKey = '', databaseUrl = '' } = config
  const keyed = [...config.manychatApiKeys, ...config.chatfuelBots].map(entry => entry.slice(entry.indexOf(':') + 1))
  return [...webhookSecrets, ...stateKeys, ...apiTokens, ...keyed, matonApiKey, databaseUrl]
}
