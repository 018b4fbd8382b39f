/** The App Keys that ManyChat sent when its users installed an app, one for each page. */
import { readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { createError } from '../errors.ts'
import type { Cipher } from './cipher.ts'

/** One installation, as it is kept: everything but the key can be read. */
const Installation = Type.Object({
  app_id: Type.Union([Type.String(), Type.Null()]),
  app_version: Type.Union([Type.String(), Type.Null()]),
  /** ISO 8601, as the next. */
  installed_at: Type.String(),
  /** When a call was answered as ManyChat answers after an uninstall; null while the key works. */
  uninstalled_at: Type.Union([Type.String(), Type.Null()]),
  /** Key and parameters of the app, encrypted. */
  sealed: Type.String(),
})
type Installation = Static<typeof Installation>
const Installations = Type.Record(Type.String({ pattern: '^\\d+$' }), Installation)

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
  /** Written atomically, readable by its owner alone. */
  file: string
  cipher: Cipher
  /** Milliseconds since 1970. */
  now: () => number
}

export type AppKeys = ReturnType<typeof openAppKeys>

/**
 * Opens the file of App Keys; there is none until an app is installed.
 *
 * @throws DynablockError `DYN_APP_KEYS_FILE` when the file is there and can't be read
 */
export function openAppKeys({ file, cipher, now }: AppKeysOptions) {
  let installations = read(file)
  let writing: Promise<unknown> = Promise.resolve()
  return { pages, keyOf, install, markUninstalled, markWorking, settled }

  /** The pages that the app was installed on, and whether their keys still work. */
  function pages(): { page: string; uninstalled_at: string | null }[] {
    return Object.entries(installations).map(([page, { uninstalled_at }]) => ({ page, uninstalled_at }))
  }

  /** @throws DynablockError `DYN_SECRET_UNREADABLE` when STATE_KEYS no longer has the key that encrypted it */
  function keyOf(page: string): string | null {
    const found = installations[page]
    if (!found) return null
    const { key }: { key: string } = JSON.parse(cipher.decrypt(found.sealed, page))
    return key
  }

  /** Keeps a key, in place of the one that the page had. Resolves once it is on disk. */
  function install({ page, key, params, app_id, app_version }: NewInstallation): Promise<void> {
    const sealed = cipher.encrypt(JSON.stringify({ key, params }), page)
    const installed_at = new Date(now()).toISOString()
    return change(page, { app_id, app_version, installed_at, uninstalled_at: null, sealed })
  }

  async function markUninstalled(page: string): Promise<void> {
    const found = installations[page]
    if (!found || found.uninstalled_at !== null) return
    await change(page, { ...found, uninstalled_at: new Date(now()).toISOString() })
  }

  /** ManyChat answers the same when it fails itself, so a key that works again is no longer taken for uninstalled. */
  async function markWorking(page: string): Promise<void> {
    const found = installations[page]
    if (found?.uninstalled_at) await change(page, { ...found, uninstalled_at: null })
  }

  /** Resolves once everything that was begun is on disk, or has failed. */
  async function settled(): Promise<void> {
    await writing
  }

  /** One write after another: two at once would lose one of them. */
  function change(page: string, installation: Installation): Promise<void> {
    const written = writing.then(async () => {
      const next = { ...installations, [page]: installation }
      await write(file, JSON.stringify(next, null, 2))
      installations = next
    })
    writing = written.catch(() => undefined)
    return written
  }
}

function read(file: string): Record<string, Installation> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw createError('DYN_APP_KEYS_FILE', { file, got: code })
  }
  const parsed = parse(text)
  if (Value.Check(Installations, parsed)) return parsed
  throw createError('DYN_APP_KEYS_FILE', { file, got: 'a file of another form' })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** All of the new text or all of the old, whenever the machine stops. */
async function write(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await rm(fresh, { force: true })
  const handle = await open(fresh, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
}
