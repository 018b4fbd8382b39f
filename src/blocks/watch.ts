import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Editors write a file in several steps. */
const settleMs = 100
/** A folder that is gone, as while another branch is checked out, comes back. */
const retryMs = 500

/**
 * Calls when something in a folder or below it has changed. Each folder is watched by itself, and anew after each change:
 * Node's recursive watch goes deaf on Linux for a file that was replaced by renaming another, which is how many editors save.
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
      // First, so that what changes while the change is looked at is seen too.
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
