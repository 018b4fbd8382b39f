import type { AppKeyStorage, Installation } from '../../src/manychat/app-keys.ts'

/** A storage of App Keys in memory. */
export function createAppKeyMemory(): AppKeyStorage & { kept: Map<string, Installation> } {
  const kept = new Map<string, Installation>()
  return {
    kept,
    readChanged: async () => [...kept.values()],
    put: async installation => void kept.set(installation.page, installation),
    remove: async page => {
      const installation = kept.get(page)
      if (!installation?.sealed) return false
      kept.set(page, { ...installation, sealed: '' })
      return true
    },
    change: async (page, _sealed, values) => void kept.set(page, { ...(kept.get(page) as Installation), ...values }),
  }
}
