import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Editors save a file in several steps; wait for the last. */
const settleMs = 100
/** A folder may be gone for a moment, as while another branch is checked out. */
const retryMs = 500

/**
 * Calls `onChange` when something in a folder or its subfolders has changed. Each folder gets a watcher of its own, and a
 * new one after each change: on Linux, Node's recursive watch loses a file that was replaced by a rename, which is how many
 * editors save.
 */
export function watchFolder(root: string, onChange: () => void) {
  let watchers: FSWatcher[] = []
  let timer: NodeJS.Timeout | undefined
  let isGone = false
  watchAll()
  return { stop }

  function watchAll(): void {
    close()
    try {
      for (const folder of [root, ...subfoldersOf(root)]) watchers.push(watch(folder, () => callIn(settleMs)))
      isGone = false
    } catch {
      isGone = true
      callIn(retryMs)
    }
  }

  function callIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const wasGone = isGone
      // Before onChange, so that a change during it is seen too.
      watchAll()
      if (!(wasGone && isGone)) onChange()
    }, ms)
  }

  function close(): void {
    for (const watcher of watchers) watcher.close()
    watchers = []
  }

  function stop(): void {
    clearTimeout(timer)
    close()
  }
}

function subfoldersOf(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory()).map(entry => join(entry.parentPath, entry.name))
  return folders.filter(folder => !folder.includes('node_modules'))
}
