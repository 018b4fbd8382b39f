import { readdir, realpath } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createError } from '../errors.ts'
import type { Log } from './call.ts'
import { type Block, isBlock } from './define.ts'
import { explainLoadError } from './load-error.ts'
import { hookModules } from './modules.ts'
import { watchFolder } from './watch.ts'

/** The blocks that are served, by name. */
export interface Blocks {
  get(name: string): Block | undefined
  names(): string[]
  /** Stops watching. */
  stop(): void
}

export interface LoadOptions {
  /** BLOCKS_DIR. */
  folder: string
  /** Reload what changes; default false. */
  reload?: boolean
  /** Callbacks of JSON blocks may go to http on this machine, as they do in development; default false. */
  allowLoopback?: boolean
  log: Log
}

/** What a block may be called. */
export const blockName = /^[a-zA-Z0-9][\w-]{0,63}$/
const extensions = new Set(['.ts', '.mts', '.js', '.mjs', '.json'])
/** What other tools keep beside code. */
const foreign = new Set(['package.json', 'package-lock.json', 'tsconfig.json'])

/**
 * Loads every block of a folder: each `.ts`, `.mts`, `.js`, `.mjs` and `.json` file of it whose name doesn't begin with `_`
 * or `.`; its subfolders are for what blocks import.
 *
 * @throws DynablockError `DYN_BLOCKS_REFUSED` naming every file that can't be served, why, and what to do
 */
export async function loadBlocks(options: LoadOptions): Promise<Blocks> {
  const { folder, reload = false, log } = options
  // Modules are known by their real path, so a folder that is a link must be too.
  const root = await realpath(folder).catch(() => resolve(folder))
  const modules = hookModules(root)
  const first = await scan(root, options)
  if (first.problems.length > 0) {
    modules.stop()
    throw createError('DYN_BLOCKS_REFUSED', { folder, got: first.problems.join('\n') })
  }
  let blocks = first.blocks
  let refreshing = Promise.resolve()
  // One after another: of two at once, the older could end last.
  const watcher = reload ? watchFolder(root, queueRefresh) : undefined
  return { get: name => blocks.get(name), names: () => [...blocks.keys()], stop }

  function queueRefresh(): void {
    refreshing = refreshing.then(refresh)
  }

  /** A file that can't be loaded just now keeps the block that it last had; a folder without any keeps all. */
  async function refresh(): Promise<void> {
    modules.renew()
    const next = await scan(root, options)
    for (const problem of next.problems) log.error({ problem }, 'block not reloaded, the last good one is served')
    const hasFiles = next.blocks.size > 0 || next.failed.length > 0
    for (const name of hasFiles ? next.failed : blocks.keys()) {
      const last = blocks.get(name)
      if (last) next.blocks.set(name, last)
    }
    blocks = next.blocks
    log.info({ blocks: [...blocks.keys()] }, 'blocks reloaded')
  }

  function stop(): void {
    watcher?.stop()
    modules.stop()
  }
}

interface Scan {
  blocks: Map<string, Block>
  failed: string[]
  problems: string[]
}

async function scan(root: string, { allowLoopback = false, log }: LoadOptions): Promise<Scan> {
  const fileOf = new Map<string, string>()
  const result: Scan = { blocks: new Map(), failed: [], problems: [] }
  const files = await listFiles(root)
  if (typeof files === 'string') return { ...result, problems: [`- ${files}`] }
  for (const file of files) {
    const name = basename(file, extname(file))
    const twin = fileOf.get(name)
    fileOf.set(name, file)
    const problem = twin ? `${twin} has the same name. Rename one, or drop it.` : await load(file, name)
    if (typeof problem !== 'string') {
      result.blocks.set(name, problem)
      continue
    }
    result.failed.push(name)
    result.problems.push(`- ${file}: ${problem}`)
  }
  if (files.length === 0) result.problems.push('- no blocks. Put a file like hello.ts there, or set BLOCKS_DIR.')
  return result

  async function load(file: string, name: string): Promise<Block | string> {
    if (!blockName.test(name)) return 'its name has other characters than letters, digits, _ and -. Rename it.'
    try {
      if (extname(file) === '.json') {
        // Liquid takes 8 MB, which a folder without such a block doesn't need.
        const { loadJsonBlock } = await import('./load-json.ts')
        return await loadJsonBlock(join(root, file), { allowLoopback, onWarning })
      }
      const module: { default?: unknown } = await import(pathToFileURL(join(root, file)).href)
      if (isBlock(module.default)) return module.default
      return 'it has no block. Add: export default defineBlock({ open: … }), or begin its name with _ if it is none.'
    } catch (error) {
      return explainLoadError(error)
    }

    function onWarning(warning: string): void {
      log.warn({ block: name, problem: warning }, 'content may not be shown as meant')
    }
  }
}

async function listFiles(root: string): Promise<string[] | string> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries
      .filter(entry => !entry.isDirectory() && extensions.has(extname(entry.name)))
      .map(entry => entry.name)
      .filter(name => !foreign.has(name) && !/^[_.]|\.d\.m?ts$|\.test\.\w+$/.test(name))
      .sort()
  } catch {
    return 'the folder can’t be read. Create it, or set BLOCKS_DIR to the one that has your blocks.'
  }
}
