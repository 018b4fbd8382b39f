/** The process: settings, blocks, app, listen, and a close that cuts no call off. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { blocksFolder } from './blocks/folder.ts'
import { loadBlocks } from './blocks/load.ts'
import { type Config, loadConfig } from './config.ts'
import type { Simulator } from './dev/simulator/simulator.ts'
import { createError, DynablockError } from './errors.ts'
import { type MadeUp, startMessage } from './start-message.ts'

/** Longer than a call may take and then what goes out, so that both are done before the process ends. */
const drainMs = 25_000
/** Tells the next process that the simulator started it. */
const restartMark = 'DYNABLOCK_RESTARTED'
const settingOf = { WEBHOOK_SECRETS: 'webhookSecrets', STATE_KEYS: 'stateKeys', API_TOKENS: 'apiTokens' } as const

try {
  await start()
} catch (error) {
  // What the operator can mend is said without a stack.
  console.error(error instanceof DynablockError ? `${error.code}: ${error.message}` : error)
  process.exitCode = 1
}

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { config, madeUp } = makeUpSecrets(loadConfig(process.env))
  const folder = blocksFolder(config.blocksDir)
  const blocks = await loadBlocks({
    folder,
    reload: config.dev,
    allowLoopback: config.publicUrl.startsWith('http://'),
    log: console,
  })
  const simulator = config.dev ? await openSimulator() : undefined
  const app = buildApp({ config, blocks, simulator })
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    // The watched folder would keep the process alive, with nobody listening.
    await app.close()
    const { host, port } = config
    if (error instanceof DynablockError) throw error
    const { code = 'an error' } = error as NodeJS.ErrnoException
    throw createError('DYN_LISTEN_FAILED', { host, setting: 'PORT', port, got: code })
  }
  // A promise that a block forgot is no reason to leave all other contacts without an answer.
  process.on('unhandledRejection', err => app.log.error({ err }, 'a promise was rejected, and nobody handled it'))
  closeWithGrace({ delay: drainMs, logger: app.log, skip: ['unhandledRejection'] }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'the process ends by an error')
    else await app.drain()
    await app.close()
  })
  if (process.env[restartMark]) console.log('dynablock was restarted by the simulator')
  else if (config.dev) {
    const isApiPlayed = simulator?.standIn !== undefined
    console.log(startMessage({ config, blocks: blocks.names(), folder, madeUp, isApiPlayed }))
  }

  /** Loaded only where it is served. */
  async function openSimulator(): Promise<Simulator> {
    const { createSimulator } = await import('./dev/simulator/simulator.ts')
    const { publicUrl, webhookSecrets, apiTokens, manychatApiKeys, matonApiKey, manychatApiUrl } = config
    return createSimulator({
      blocks,
      publicUrl,
      secret: webhookSecrets[0] as string,
      apiToken: apiTokens[0] as string,
      isApiPlayed: manychatApiKeys.length === 0 && matonApiKey === undefined && manychatApiUrl === undefined,
      restart: process.execve ? restart : { impossible: `not on ${process.platform}` },
      isRestarted: process.env[restartMark] !== undefined,
    })
  }

  /** Ends this process as a crash does: nothing is finished. Another begins in its place, with what was made up. */
  function restart(): void {
    const [{ port }] = app.addresses() as [AddressInfo]
    const secrets = Object.fromEntries(madeUp.map(name => [name, config[settingOf[name]].join()]))
    const env = { ...process.env, ...secrets, PORT: String(port), [restartMark]: 'yes' }
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env)
  }
}

/** In development nobody has to think of secrets; in production `loadConfig` has refused their absence. */
function makeUpSecrets(config: Config): { config: Config; madeUp: MadeUp[] } {
  const secret = () => randomBytes(32).toString('hex')
  const { webhookSecrets, stateKeys, apiTokens } = config
  return {
    config: {
      ...config,
      webhookSecrets: webhookSecrets.length > 0 ? webhookSecrets : [secret()],
      stateKeys: stateKeys.length > 0 ? stateKeys : [secret()],
      apiTokens: apiTokens.length > 0 || !config.dev ? apiTokens : [secret()],
    },
    madeUp: [
      ...(webhookSecrets.length === 0 ? (['WEBHOOK_SECRETS'] as const) : []),
      ...(stateKeys.length === 0 ? (['STATE_KEYS'] as const) : []),
      ...(apiTokens.length === 0 && config.dev ? (['API_TOKENS'] as const) : []),
    ],
  }
}
