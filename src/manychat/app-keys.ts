/** The App Keys that ManyChat sent when its users installed our app, one for each page. */
import { createError } from '../errors/errors.ts'
import type { OutboundOptions } from '../outbound/exchange.ts'
import type { Cipher } from '../settings/cipher.ts'

/** One installation, as stored: everything except `sealed` is readable. Times are milliseconds since 1970. */
export interface Installation {
  page: string
  app_id: string | null
  app_version: string | null
  installed_at: number
  /** When a call got the answer that ManyChat gives after an uninstall; null while the key works. */
  uninstalled_at: number | null
  /** Key and parameters of the app, encrypted; empty once the key is removed, so that every process learns of it. */
  sealed: string
}

/** An installation as people may see it. */
export type InstalledApp = Omit<Installation, 'sealed'>

/** Stores installations for all processes that share it. Every change is on disk before its promise resolves. */
export interface AppKeyStorage {
  /** The installations that any process has changed since the last read; all of them on the first. */
  readChanged(): Promise<Installation[]>
  /** Stores an installation, replacing its page's previous one. */
  put(installation: Installation): Promise<void>
  /** Changes the page's installation if `sealed` is still the same: another process may have received a new key. */
  change(page: string, sealed: string, values: Partial<Installation>): Promise<void>
  /** Forgets the page's key; false when there is none. */
  remove(page: string): Promise<boolean>
}

/** What ManyChat sends when the app is installed. */
export interface NewInstallation {
  page: string
  key: string
  app_id: string | null
  app_version: string | null
  /** The other parameters that the app asks its users for. */
  params: Record<string, unknown>
}

export interface AppKeysOptions {
  cipher: Cipher
  /** Milliseconds since 1970. */
  now: () => number
  log?: Pick<NonNullable<OutboundOptions['log']>, 'warn'> | undefined
}

export type AppKeys = ReturnType<typeof createAppKeys>

/** The App Keys in this process's memory, so that looking one up never waits. There are none before `load`. */
export function createAppKeys({ cipher, now, log }: AppKeysOptions) {
  const known = new Map<string, Installation>()
  let storage: AppKeyStorage | undefined
  let reading: Promise<void> | undefined
  let nextReading: Promise<void> | undefined
  return { pages, keyOf, list, load, refresh, install, remove, markUninstalled, markWorking }

  /** The pages that the app was installed on. */
  function pages(): string[] {
    return [...known.keys()]
  }

  /**
   * The installations in the store, by page.
   *
   * @throws DynablockError `DYN_STORE_FAILED`
   */
  async function list(): Promise<InstalledApp[]> {
    openStorage()
    await refresh()
    return [...known.values()]
      .map(({ sealed: _, ...installed }) => installed)
      .sort((a, b) => a.page.localeCompare(b.page))
  }

  /** @throws DynablockError `DYN_SECRET_UNREADABLE` when STATE_KEYS no longer has the key that encrypted it */
  function keyOf(page: string): string | null {
    const found = known.get(page)
    if (!found) return null
    const { key }: { key: string } = JSON.parse(cipher.decrypt(found.sealed, page))
    return key
  }

  /** Reads all installations, and re-encrypts those that were not encrypted with the first key. */
  async function load(opened: AppKeyStorage): Promise<void> {
    storage = opened
    await refresh()
    await Promise.all([...known.values()].map(renew))
  }

  /** Picks up the changes of other processes. At most one read is running and one more waiting, shared by all callers. */
  function refresh(): Promise<void> {
    if (!reading) return startReading()
    nextReading ??= reading
      .catch(() => undefined)
      .then(() => {
        nextReading = undefined
        return startReading()
      })
    return nextReading
  }

  function startReading(): Promise<void> {
    const read = readChanged().finally(() => {
      if (reading === read) reading = undefined
    })
    reading = read
    return read
  }

  async function readChanged(): Promise<void> {
    for (const installation of (await storage?.readChanged()) ?? []) {
      if (installation.sealed === '') known.delete(installation.page)
      else known.set(installation.page, installation)
    }
  }

  async function renew({ page, sealed }: Installation): Promise<void> {
    try {
      const renewed = cipher.renew(sealed, page)
      if (renewed !== null) await change(page, sealed, { sealed: renewed })
    } catch (error) {
      log?.warn({ page, code: (error as { code?: unknown }).code }, 'the App Key of a page cannot be read')
    }
  }

  /**
   * Stores a key, replacing the page's previous one. Resolves once it is on disk.
   *
   * @throws DynablockError `DYN_STORE_FAILED` when it can't be stored
   */
  async function install({ page, key, params, app_id, app_version }: NewInstallation): Promise<void> {
    const storage = openStorage()
    const sealed = cipher.encrypt(JSON.stringify({ key, params }), page)
    await storage.put({ page, app_id, app_version, installed_at: now(), uninstalled_at: null, sealed })
    await refresh()
  }

  /**
   * Removes a page's key; false when there is none. Resolves once it is gone from the store.
   *
   * @throws DynablockError `DYN_STORE_FAILED`
   */
  async function remove(page: string): Promise<boolean> {
    const wasThere = await openStorage().remove(page)
    await refresh()
    return wasThere
  }

  function openStorage(): AppKeyStorage {
    if (storage) return storage
    throw createError('DYN_STORE_FAILED', { store: 'the store', got: 'it is not open yet' })
  }

  async function markUninstalled(page: string): Promise<void> {
    const found = known.get(page)
    if (found?.uninstalled_at === null) await change(page, found.sealed, { uninstalled_at: now() })
  }

  /** ManyChat gives the same answer when it fails itself, so a key that works again no longer counts as uninstalled. */
  async function markWorking(page: string): Promise<void> {
    const found = known.get(page)
    if (found && found.uninstalled_at !== null) await change(page, found.sealed, { uninstalled_at: null })
  }

  async function change(page: string, sealed: string, values: Partial<Installation>): Promise<void> {
    await storage?.change(page, sealed, values)
    await refresh()
  }
}
