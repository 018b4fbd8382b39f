/** The App Keys that ManyChat sent when its users installed an app, one for each page. */
import { createError } from '../errors.ts'
import type { Cipher } from './cipher.ts'
import type { OutboundOptions } from './exchange.ts'

/** One installation, as it is kept: everything but the key can be read. Times are milliseconds since 1970. */
export interface Installation {
  page: string
  app_id: string | null
  app_version: string | null
  installed_at: number
  /** When a call was answered as ManyChat answers after an uninstall; null while the key works. */
  uninstalled_at: number | null
  /** Key and parameters of the app, encrypted. */
  sealed: string
}

/** Where installations are kept, for all processes that share it. Every change is on disk before its promise resolves. */
export interface AppKeyStorage {
  /** Those that changed since the last reading, by whomever; at the first all. */
  readChanged(): Promise<Installation[]>
  /** Keeps one, in place of the one that its page had. */
  put(installation: Installation): Promise<void>
  /** Changes the page's installation if it still has that `sealed`; another process may have got a new key. */
  change(page: string, sealed: string, values: Partial<Installation>): Promise<void>
}

/** What ManyChat sent. */
export interface NewInstallation {
  page: string
  key: string
  app_id: string | null
  app_version: string | null
  /** What else the app asked its users for. */
  params: Record<string, unknown>
}

export interface AppKeysOptions {
  cipher: Cipher
  /** Milliseconds since 1970. */
  now: () => number
  log?: Pick<NonNullable<OutboundOptions['log']>, 'warn'> | undefined
}

export type AppKeys = ReturnType<typeof createAppKeys>

/** The App Keys as this process knows them: asking for one never waits. They are there once they are loaded. */
export function createAppKeys({ cipher, now, log }: AppKeysOptions) {
  const known = new Map<string, Installation>()
  let storage: AppKeyStorage | undefined
  let reading: Promise<unknown> = Promise.resolve()
  return { pages, keyOf, load, refresh, install, markUninstalled, markWorking }

  /** The pages that the app was installed on. */
  function pages(): string[] {
    return [...known.keys()]
  }

  /** @throws DynablockError `DYN_SECRET_UNREADABLE` when STATE_KEYS no longer has the key that encrypted it */
  function keyOf(page: string): string | null {
    const found = known.get(page)
    if (!found) return null
    const { key }: { key: string } = JSON.parse(cipher.decrypt(found.sealed, page))
    return key
  }

  /** Reads what is there, and encrypts anew what a key did that is no longer the first. */
  async function load(opened: AppKeyStorage): Promise<void> {
    storage = opened
    await refresh()
    await Promise.all([...known.values()].map(renew))
  }

  /** Learns what other processes changed. One reading after another: an older one must not come last. */
  function refresh(): Promise<void> {
    const read = reading.then(async () => {
      for (const installation of (await storage?.readChanged()) ?? []) known.set(installation.page, installation)
    })
    reading = read.catch(() => undefined)
    return read
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
   * Keeps a key, in place of the one that the page had. Resolves once it is on disk.
   *
   * @throws DynablockError `DYN_STORE_FAILED` when it can't be kept
   */
  async function install({ page, key, params, app_id, app_version }: NewInstallation): Promise<void> {
    if (!storage) throw createError('DYN_STORE_FAILED', { store: 'the store', got: 'one that is not open yet' })
    const sealed = cipher.encrypt(JSON.stringify({ key, params }), page)
    await storage.put({ page, app_id, app_version, installed_at: now(), uninstalled_at: null, sealed })
    await refresh()
  }

  async function markUninstalled(page: string): Promise<void> {
    const found = known.get(page)
    if (found?.uninstalled_at === null) await change(page, found.sealed, { uninstalled_at: now() })
  }

  /** ManyChat answers the same when it fails itself, so a key that works again is no longer taken for uninstalled. */
  async function markWorking(page: string): Promise<void> {
    const found = known.get(page)
    if (found && found.uninstalled_at !== null) await change(page, found.sealed, { uninstalled_at: null })
  }

  async function change(page: string, sealed: string, values: Partial<Installation>): Promise<void> {
    await storage?.change(page, sealed, values)
    await refresh()
  }
}
