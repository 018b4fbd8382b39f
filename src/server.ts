/** The process: reads the settings, loads the blocks, builds the app, listens, and closes without cutting off a call. */
import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { blocksFolder } from './blocks/folder.ts'
import { loadBlocks } from './blocks/load.ts'
import { loadDev } from './cli/load-dev.ts'
import type { createSimulator as CreateSimulator, Simulator } from './dev/simulator/routes.ts'
import { DynablockError } from './errors/errors.ts'
import { createLog } from './log.ts'
import { listenFailure } from './ops/listen-failure.ts'
import { type Config, loadConfig } from './settings/config.ts'
import { findMisspelt } from './settings/misspelt.ts'
import { type MadeUp, startMessage } from './settings/start-message.ts'

/** Longer than a call and the outbound calls after it may take, so that both finish before the process ends. */
const drainMs = 70_000
/** Tells the new process that the simulator restarted it: the token that the open pages have. */
const restartMark = 'DYNABLOCK_RESTARTED'
const settingOf = { WEBHOOK_SECRETS: 'webhookSecrets', STATE_KEYS: 'stateKeys' } as const

export interface ServeOptions {
  /** What an unset NODE_ENV means: `npm start` in a clone is development, everything else production. */
  mode?: 'development' | undefined
  /** The https address of a tunnel to this machine: development behind it, whatever the environment says. */
  liveUrl?: string | undefined
}

if (isMain()) await serve()

/** Starts the server in this process. A failure is printed, and sets the exit code. */
export async function serve(options: ServeOptions = {}): Promise<void> {
  try {
    await start(options)
  } catch (error) {
    fail(error)
  }
}

async function start(options: ServeOptions): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { config, madeUp } = makeUpSecrets(readSettings(options))
  const log = createLog(config)
  for (const { name, meant } of findMisspelt(process.env)) {
    log.warn(`${name} is set, but no setting has this name. Did you mean ${meant}?`)
  }
  const dev = config.dev ? await loadDev('the simulator', () => import('./dev/simulator/routes.ts')) : undefined
  const { recordDir } = config
  const recording = recordDir && (await loadDev('RECORD_DIR', () => import('./dev/record/record.ts')))
  const folder = blocksFolder(config.blocksDir)
  const blocks = await loadBlocks({
    folder,
    reload: config.dev,
    allowLoopback: config.publicUrl.startsWith('http://'),
    log,
  })
  const token = process.env[restartMark] || makeSecret()
  const simulator = dev && openSimulator(dev)
  const record = recording
    ? (app: FastifyInstance) => recording.record(app, { folder: recordDir, config, now: Date.now })
    : undefined
  const app = buildApp({ config, blocks, log, simulator, record, onFatal })
  // Before the server listens, as SIGTERM may come as soon as the log says that it does.
  const closing = closeWithGrace({ delay: drainMs, logger: log, skip: ['unhandledRejection'] }, async ({ err }) => {
    if (err) log.fatal({ err }, 'an error ends the process')
    else await app.drain()
    await app.close()
  })
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    closing.uninstall()
    // Otherwise the folder's watchers would keep the process alive, though it doesn't listen.
    await app.close()
    const { host, port } = config
    throw listenFailure(error, { host, setting: 'PORT', port })
  }
  // A rejection that a block didn't handle is no reason to leave all other contacts without an answer.
  process.on('unhandledRejection', err => log.error({ err }, 'unhandled promise rejection'))
  if (process.env.npm_lifecycle_event !== undefined) endWithParent()
  if (process.env[restartMark]) log.info('restarted by the simulator')
  else if (config.dev) {
    const isApiPlayed = simulator?.isApiPlayed === true
    console.log(startMessage({ config, port: portOf(app), blocks: blocks.names(), folder, madeUp, isApiPlayed, token }))
  }

  /** The store is from a newer release, which is found out only after the server listens. */
  function onFatal(error: DynablockError): void {
    fail(error)
    void app.close().finally(() => process.exit())
  }

  function openSimulator({ createSimulator }: { createSimulator: typeof CreateSimulator }): Simulator {
    const simulatedLog = log.child({ simulator: true })
    return createSimulator({
      config,
      blocks,
      token,
      build: parts => buildApp({ ...parts, log: simulatedLog, listens: false, onFatal }),
      restart: process.execve ? restart : { impossible: `not on ${process.platform}` },
      isRestarted: Boolean(process.env[restartMark]),
    })
  }

  /** Ends this process as a crash would, finishing nothing. A new one takes its place, with the same made-up secrets. */
  function restart(): void {
    const secrets = Object.fromEntries(madeUp.map(name => [name, config[settingOf[name]].join()]))
    const env = { ...process.env, ...secrets, PORT: String(portOf(app)), [restartMark]: token }
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env)
  }
}

/**
 * Prints why the server can't start: one line on standard error, without a stack, if the operator can fix it. Apart from
 * this and the start message, which people read too, everything goes through the log.
 */
function fail(error: unknown): void {
  console.error(error instanceof DynablockError ? `${error.code}: ${error.message}` : error)
  process.exitCode = 1
}

/** npm starts us through a shell and passes signals on to that shell alone: all we notice is that our parent has ended. */
function endWithParent(): void {
  const { ppid } = process
  const timer = setInterval(() => {
    if (process.ppid === ppid) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, 250)
  timer.unref()
}

function readSettings({ mode, liveUrl }: ServeOptions): Config {
  if (liveUrl !== undefined) {
    return loadConfig({ ...process.env, NODE_ENV: 'development', PUBLIC_URL: liveUrl }, { live: true })
  }
  return loadConfig({ ...process.env, NODE_ENV: process.env.NODE_ENV || mode })
}

/** Development works without any secret set; in production, `loadConfig` has refused missing ones. */
function makeUpSecrets(config: Config): { config: Config; madeUp: MadeUp[] } {
  const { webhookSecrets, stateKeys } = config
  return {
    config: {
      ...config,
      webhookSecrets: webhookSecrets.length > 0 ? webhookSecrets : [makeSecret()],
      stateKeys: stateKeys.length > 0 ? stateKeys : [makeSecret()],
    },
    madeUp: [
      ...(webhookSecrets.length === 0 ? (['WEBHOOK_SECRETS'] as const) : []),
      ...(stateKeys.length === 0 ? (['STATE_KEYS'] as const) : []),
    ],
  }
}

function makeSecret(): string {
  return randomBytes(32).toString('hex')
}

function portOf(app: FastifyInstance): number {
  const [{ port }] = app.addresses() as [AddressInfo]
  return port
}

/** Whether Node was started with this file; otherwise another one imports it, and says when to start. */
function isMain(): boolean {
  const [, program] = process.argv
  return program !== undefined && realpathSync(program) === fileURLToPath(import.meta.url)
}
