/** Answers one question: which client serves this page? */
import { createError } from '../errors/errors.ts'
import type { OutboundOptions } from '../outbound/exchange.ts'
import { createRateLimits } from '../outbound/limits.ts'
import type { OutboundError } from '../outbound/outbound-error.ts'
import type { AppKeys } from './app-keys.ts'
import { createManyChat, type ManyChat, type ManyChatOptions } from './client.ts'
import { proveAppKey } from './prove-app-key.ts'

export interface PagesOptions
  extends Pick<OutboundOptions, 'fetch' | 'limits' | 'log' | 'onCall' | 'clock' | 'maxWaitMs' | 'beforeCall'> {
  /** MANYCHAT_API_KEYS: `<page id>:<key>` each. */
  keys: readonly string[]
  appKeys: Pick<AppKeys, 'keyOf' | 'pages' | 'markUninstalled' | 'markWorking'>
  /** DEFAULT_PAGE: the page of calls that name none. */
  defaultPage?: string | undefined
  /** MATON_API_KEY, and MATON_CONNECTIONS by page; with no connection named, the gateway's default serves every page. */
  maton?: { key: string; connections: ReadonlyMap<string, string>; baseUrl?: string }
  /** MANYCHAT_API_URL. */
  baseUrl?: string | undefined
  allowLoopback?: boolean
  /** Development only: stands in for ManyChat on every page that has no key. */
  standIn?: StandIn | undefined
}

export interface StandIn {
  keyOf(page: string): string
  fetch: typeof fetch
}

export type Pages = ReturnType<typeof createPages>

/** The clients of all pages with a key: one of MANYCHAT_API_KEYS, an installed App Key, or a Maton connection. */
export function createPages({ keys, appKeys, defaultPage, maton, baseUrl, standIn, ...options }: PagesOptions) {
  const shared = { ...options, limits: options.limits ?? createRateLimits() }
  const keysByPage = new Map(keys.map(key => [key.slice(0, key.indexOf(':')), key]))
  const clients = new Map<string, ManyChat>()
  return { clientFor, pageOf, roomPageOf, prove, hasKey, configured }

  /**
   * The page that a call belongs to; null where a key needs no page, like that of a gateway's default connection. Where the
   * settings say which page it is, installing the app on another one changes nothing.
   *
   * @throws DynablockError `DYN_PAGE_UNKNOWN` when none is named and several come into question
   */
  function pageOf(named: string | null): string | null {
    const given = named ?? defaultPage
    if (given !== undefined) return given
    const inSettings = pagesInSettings()
    if (inSettings.length === 0 && maton) return null
    const [page, ...others] = inSettings.length > 0 ? inSettings : appKeys.pages()
    if (page !== undefined && others.length === 0) return page
    if (page === undefined && standIn) return null
    throw createError('DYN_PAGE_UNKNOWN', { count: page === undefined ? 0 : others.length + 1 })
  }

  /** The same for what is kept about a contact: empty where no page is configured, or needs to be. */
  function roomPageOf(named: string | null): string {
    const isConfigured = named !== null || defaultPage !== undefined || configured().length > 0
    return isConfigured ? (pageOf(named) ?? '') : ''
  }

  /**
   * The client of a page.
   *
   * @throws DynablockError `DYN_PAGE_UNKNOWN` as `pageOf` does, `DYN_PAGE_KEY_MISSING` when there is no key for the page
   */
  function clientFor(named: string | null): ManyChat {
    const page = pageOf(named) ?? 'default'
    const key = keysByPage.get(page)
    if (key) return client(page, { key })
    const appKey = appKeys.keyOf(page)
    if (appKey) return client(page, { appKey })
    const connection = maton?.connections.get(page)
    if (maton && (connection || maton.connections.size === 0)) {
      return client(page, { maton: { key: maton.key, connection }, baseUrl: maton.baseUrl })
    }
    if (standIn) return client(page, { key: standIn.keyOf(page), fetch: options.fetch ?? standIn.fetch })
    throw createError('DYN_PAGE_KEY_MISSING', { page })
  }

  /** Asks ManyChat which page an App Key belongs to; null when its app may not ask that, though the key is genuine. */
  async function prove(appKey: string): Promise<{ id?: unknown } | null> {
    return proveAppKey(createManyChat({ baseUrl, ...shared, appKey }))
  }

  /** Whether calls for the page go out with a key that it has already, be it that of a gateway's default connection. */
  function hasKey(page: string): boolean {
    return configured().includes(page) || maton?.connections.size === 0
  }

  /** The pages with a configured or installed key. */
  function configured(): string[] {
    return [...new Set([...pagesInSettings(), ...appKeys.pages()])]
  }

  function pagesInSettings(): string[] {
    return [...new Set([...keysByPage.keys(), ...(maton?.connections.keys() ?? [])])]
  }

  /** One client for each key, so that all calls with it share connections and rates. */
  function client(
    page: string,
    options: Pick<ManyChatOptions, 'key' | 'appKey' | 'maton' | 'baseUrl' | 'fetch'>,
  ): ManyChat {
    const name = `${page} ${options.key ?? options.appKey ?? options.maton?.connection ?? ''}`
    const known = clients.get(name)
    if (known) return known
    const onOutcome = options.appKey === undefined ? undefined : (error: OutboundError | null) => notice(page, error)
    const made = createManyChat({ baseUrl, ...shared, ...options, page, onOutcome } as ManyChatOptions)
    clients.set(name, made)
    return made
  }

  /** ManyChat doesn't announce an uninstall; the next call reveals it. If the mark can't be written, a later call does it. */
  function notice(page: string, error: OutboundError | null): void {
    if (error?.code === 'DYN_MANYCHAT_UNINSTALLED') {
      options.log?.warn({ page, code: error.code }, 'the app seems to be uninstalled from this page')
      appKeys.markUninstalled(page).catch(() => undefined)
    } else if (error === null) appKeys.markWorking(page).catch(() => undefined)
  }
}
