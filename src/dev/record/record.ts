import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../settings/config.ts'
import { readApiToken, readWebhookSecret } from '../../settings/credentials.ts'
import { createFakes } from './fakes.ts'
import { createRecorder, type Recorded } from './recorder.ts'

type SecretName =
  | 'webhookSecrets'
  | 'stateKeys'
  | 'apiTokens'
  | 'appInstallSecrets'
  | 'outcomeSecrets'
  | 'manychatApiKeys'
  | 'matonApiKey'
  | 'chatfuelBots'
  | 'databaseUrl'

export interface RecordOptions {
  /** RECORD_DIR. */
  folder: string
  /** Fakes derive from the first of `stateKeys`, so they stay the same after a restart. */
  config: Pick<Config, 'publicUrl' | 'stateKeys' | SecretName>
  /** Milliseconds since 1970. */
  now: () => number
}

/** Records answered calls of blocks. Works after the answer has been sent, and only logs its own failures. */
export function record(app: FastifyInstance, { folder, config, now }: RecordOptions): void {
  const fakes = createFakes(`dynablock recording ${config.stateKeys[0]}`)
  const recorder = createRecorder({ publicUrl: config.publicUrl, fakes, secrets: secretsOf(config), onUnsure })
  const bodies = new WeakMap<FastifyRequest, Recorded['body']>()
  const answers = new WeakMap<FastifyRequest, string>()
  let writing = Promise.resolve()
  let hasFailed = false
  let wasUnsure = false

  app.addHook('preHandler', (request, _reply, done) => {
    // A copy, because the block may change the body.
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
    writing = writing.then(() => save({ block, step, body, answer, at })).catch(logFirst)
  })
  app.addHook('onReady', async () => app.log.info({ folder }, 'recording the calls of blocks'))
  app.addHook('onClose', () => writing)

  async function save(call: Recorded): Promise<void> {
    const changed = recorder.note(call)
    if (!changed) return
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, changed.file), `${JSON.stringify(changed.fixture, null, 2)}\n`, { mode: 0o600 })
  }

  /** Logs the code or name of an error only: its message may quote what was to be recorded. */
  function logFirst(err: NodeJS.ErrnoException): void {
    const reason = err.code ?? err.name
    if (!hasFailed) app.log.error({ reason, folder }, 'a call was not recorded; further failures are not logged')
    hasFailed = true
  }

  function onUnsure(): void {
    if (!wasUnsure)
      app.log.warn({ folder }, 'words that may be a form of a name are left out of recordings; logged once')
    wasUnsure = true
  }
}

function isCall({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/blocks/:block') === true
}

/** Everything that must not appear in a recording. */
function secretsOf(config: Pick<Config, SecretName>): string[] {
  const { webhookSecrets, stateKeys, apiTokens, appInstallSecrets, matonApiKey = '', databaseUrl = '' } = config
  const keyed = [...config.manychatApiKeys, ...config.chatfuelBots].map(entry => entry.slice(entry.indexOf(':') + 1))
  const shown = [...webhookSecrets.map(readWebhookSecret), ...apiTokens.map(readApiToken)].map(({ secret }) => secret)
  return [...shown, ...stateKeys, ...appInstallSecrets, ...config.outcomeSecrets, ...keyed, matonApiKey, databaseUrl]
}
