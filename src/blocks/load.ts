import { readdir, realpath } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createError, type ErrorProblem } from '../errors/errors.ts'
import type { Log } from '../log.ts'
import { type Block, isBlock } from './define.ts'
import { explainLoadError, type LoadProblem, loadProblem } from './load-error.ts'
import { hookModules } from './modules.ts'
import { blockName } from './validate.ts'
import { watchFolder } from './watch.ts'

/** The served blocks, by name. */
export interface Blocks {
  get(name: string): Block | undefined
  names(): string[]
  /** Why a block's file could not be reloaded, so that its last good version is served; undefined when it is current. */
  problem?(name: string): string | undefined
  /** Stops watching. */
  stop(): void
}

export interface LoadOptions {
  /** BLOCKS_DIR. */
  folder: string
  /** Reload files that change; default false. */
  reload?: boolean
  /** Callbacks of JSON blocks may use http to this machine, as in development; default false. */
  allowLoopback?: boolean
  log: Log
}

const extensions = new Set(['.ts', '.mts', '.js', '.mjs', '.json'])
/** Files that other tools keep beside code. */
const foreign = new Set(['package.json', 'package-lock.json', 'tsconfig.json'])

/**
 * Loads every block of a folder: each `.ts`, `.mts`, `.js`, `.mjs` and `.json` file whose name doesn't begin with `_` or
 * `.`. Subfolders are for modules that blocks import.
 *
 * @throws DynablockError `DYN_BLOCKS_REFUSED` naming every file that can't be served, why, and what to do
 */
export async function loadBlocks(options: LoadOptions): Promise<Blocks> {
  const { folder, reload = false, log } = options
  // Node knows modules by their real path, so a folder that is a symbolic link must be resolved.
  const root = await realpath(folder).catch(() => resolve(folder))
  const modules = hookModules(root)
  const first = await scan(root, options)
  if (first.problems.length > 0) {
    modules.stop()
    const lines = first.problems.map(problem => `- ${lineOf(problem)}`).join('\n')
    throw createError('DYN_BLOCKS_REFUSED', { folder, problems: lines }, { problems: first.problems })
  }
  let { blocks, failed } = first
  let refreshing = Promise.resolve()
  // One after another: if two ran at once, the older could finish last.
  const watcher = reload ? watchFolder(root, queueRefresh) : undefined
  return { get: name => blocks.get(name), names: () => [...blocks.keys()], problem: name => failed.get(name), stop }

  function queueRefresh(): void {
    refreshing = refreshing.then(refresh)
  }

  /** A file that fails to load keeps its last good block; a folder without any files keeps all blocks. */
  async function refresh(): Promise<void> {
    modules.renew()
    const next = await scan(root, options)
    for (const problem of next.problems) {
      log.error({ problem: lineOf(problem) }, 'block not reloaded, still serving its last good version')
    }
    const hasFiles = next.blocks.size > 0 || next.failed.size > 0
    for (const name of hasFiles ? next.failed.keys() : blocks.keys()) {
      const last = blocks.get(name)
      if (last) next.blocks.set(name, last)
    }
    blocks = next.blocks
    failed = next.failed
    log.info({ blocks: [...blocks.keys()] }, 'blocks reloaded')
  }

  function stop(): void {
    watcher?.stop()
    modules.stop()
  }
}

interface Scan {
  blocks: Map<string, Block>
  /** By name: the file, and what is wrong with it. */
  failed: Map<string, string>
  problems: ErrorProblem[]
}

async function scan(root: string, { folder, allowLoopback = false, log }: LoadOptions): Promise<Scan> {
  const fileOf = new Map<string, string>()
  const result: Scan = { blocks: new Map(), failed: new Map(), problems: [] }
  const files = await listFiles(root)
  if (!Array.isArray(files)) return { ...result, problems: [{ subject: folder, ...files }] }
  for (const file of files) {
    const name = basename(file, extname(file))
    const earlier = fileOf.get(name)
    fileOf.set(name, file)
    const loaded = earlier
      ? loadProblem(`${earlier} has the same name`, 'Rename or remove one of them.')
      : await load(file, name)
    if (isBlock(loaded)) {
      result.blocks.set(name, loaded)
      continue
    }
    const problem = { subject: file, ...loaded }
    result.failed.set(name, lineOf(problem))
    result.problems.push(problem)
  }
  if (files.length === 0) {
    const problem = loadProblem('there are no blocks', 'Put a file like hello.ts there, or set BLOCKS_DIR.')
    result.problems.push({ subject: folder, ...problem })
  }
  return result

  async function load(file: string, name: string): Promise<Block | LoadProblem> {
    if (!blockName.test(name))
      return loadProblem('its name has other characters than letters, digits, _ and -', 'Rename it.')
    try {
      if (extname(file) === '.json') {
        // Imported on demand: Liquid takes 8 MB, which a folder without JSON blocks doesn't need.
        const { loadJsonBlock } = await import('./load-json.ts')
        return await loadJsonBlock(join(root, file), { allowLoopback, onWarning })
      }
      const module: { default?: unknown } = await import(pathToFileURL(join(root, file)).href)
      if (isBlock(module.default)) return module.default
      const remedy = 'Add: export default defineBlock({ open: … }), or begin its name with _ if it is not a block.'
      return loadProblem('it exports no block', remedy)
    } catch (error) {
      return explainLoadError(error)
    }

    function onWarning(warning: string): void {
      log.warn({ block: name, problem: warning }, 'content may not be shown as intended')
    }
  }
}

async function listFiles(root: string): Promise<string[] | LoadProblem> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries
      .filter(entry => !entry.isDirectory() && extensions.has(extname(entry.name)))
      .map(entry => entry.name)
      .filter(name => !foreign.has(name) && !/^[_.]|\.d\.m?ts$|\.test\.\w+$/.test(name))
      .sort()
  } catch {
    return loadProblem('the folder can’t be read', 'Create it, or set BLOCKS_DIR to the folder of your blocks.')
  }
}

function lineOf({ subject, message }: ErrorProblem): string {
  return `${subject}: ${message}`
}
