/** Checks that the key of each page works and belongs to that page, and lists the page's tags, fields and flows. */

import { createManyChat, type ManyChat, type ManyChatOptions } from '../../manychat/client.ts'
import type { FieldType } from '../../manychat/params.ts'
import type { OutboundOptions } from '../../outbound/exchange.ts'
import { lockOutRemedy } from '../../outbound/limits.ts'
import type { Config } from '../../settings/config.ts'
import { type Finding, findingsOf } from './finding.ts'
import type { Kind } from './uses.ts'

/** Tags and fields by name, flows by id; null: not asked for, or the platform refused the list. */
export interface Page {
  page: string
  tag: ReadonlyMap<string, undefined> | null
  field: ReadonlyMap<string, FieldType | undefined> | null
  flow: ReadonlyMap<string, undefined> | null
}

export interface PagesSetup {
  config: Pick<Config, 'manychatApiKeys' | 'manychatApiUrl' | 'matonApiKey' | 'matonConnections'>
  /** By page. */
  appKeys: ReadonlyMap<string, string>
  /** The lists to ask for. */
  kinds: ReadonlySet<Kind>
  outbound: Pick<OutboundOptions, 'fetch' | 'limits' | 'timeoutMs'>
}

export interface ExaminedPages {
  findings: Finding[]
  pages: Page[]
}

const { ok, warning, problem, skipped, failed } = findingsOf('pages')

export async function examinePages({ config, appKeys, kinds, outbound }: PagesSetup): Promise<ExaminedPages> {
  const accounts = listAccounts(config, appKeys)
  if (accounts.length === 0) {
    const got = 'no key: tags, fields, flows and the plan are not checked'
    const remedy = 'Set MANYCHAT_API_KEYS, install the app, or set MATON_API_KEY.'
    return { findings: [skipped('pages', 'a key for a page', got, remedy)], pages: [] }
  }
  const examined = await Promise.all(
    accounts.map(({ page, key }) => {
      const client = createManyChat({
        baseUrl: key.maton ? undefined : config.manychatApiUrl,
        ...outbound,
        ...key,
        page,
      })
      return examinePage(client, { named: page, isAppKey: key.appKey !== undefined }, kinds)
    }),
  )
  return {
    findings: examined.flatMap(({ findings }) => findings),
    pages: examined.flatMap(({ page }) => page ?? []),
  }
}

interface Account {
  /** undefined: Maton's default connection, whose page is unknown. */
  page: string | undefined
  key: Pick<ManyChatOptions, 'key' | 'appKey' | 'maton'> & ManyChatOptions
}

/** In the server's own order of preference: a key in the settings, then an App Key, then a Maton connection. */
function listAccounts(
  { manychatApiKeys, matonApiKey, matonConnections }: PagesSetup['config'],
  appKeys: PagesSetup['appKeys'],
): Account[] {
  const accounts = new Map<string | undefined, Account['key']>()
  if (matonApiKey !== undefined) {
    if (matonConnections.size === 0) accounts.set(undefined, { maton: { key: matonApiKey } })
    for (const [page, connection] of matonConnections) accounts.set(page, { maton: { key: matonApiKey, connection } })
  }
  for (const [page, appKey] of appKeys) accounts.set(page, { appKey })
  for (const key of manychatApiKeys) accounts.set(key.slice(0, key.indexOf(':')), { key })
  return [...accounts].map(([page, key]) => ({ page, key }))
}

async function examinePage(
  { page: api }: ManyChat,
  { named, isAppKey }: { named: string | undefined; isAppKey: boolean },
  kinds: ReadonlySet<Kind>,
): Promise<{ findings: Finding[]; page?: Page }> {
  const subject = `page ${named ?? 'of the default connection'}`
  const { findings, id } = await examineKey(api, { subject, named, isAppKey })
  if (id === null) return { findings }
  const page: Page = {
    page: id,
    tag: await list('tag', api.getTags, tags => new Map(tags.map(({ name }) => [name, undefined]))),
    field: await list('field', api.getCustomFields, fields => new Map(fields.map(({ name, type }) => [name, type]))),
    flow: await list('flow', api.getFlows, ({ flows }) => new Map(flows.map(({ ns }) => [ns, undefined]))),
  }
  return { findings, page }

  /** Reports a list that fails to arrive, so that the other lists are still checked. */
  async function list<A, V>(
    kind: Kind,
    ask: () => Promise<A>,
    read: (answer: A) => ReadonlyMap<string, V>,
  ): Promise<ReadonlyMap<string, V> | null> {
    if (!kinds.has(kind)) return null
    try {
      return read(await ask())
    } catch (error) {
      findings.push(failed(subject, `a list of its ${kind}s`, error))
      return null
    }
  }
}

/** `id` is that of the page, as far as it is known; null when the key is of no use. */
async function examineKey(
  api: ManyChat['page'],
  { subject, named, isAppKey }: { subject: string; named: string | undefined; isAppKey: boolean },
): Promise<{ findings: Finding[]; id: string | null }> {
  const expected = 'a key that works, and a plan with the API'
  let info: Partial<Awaited<ReturnType<typeof api.getInfo>>>
  try {
    // Answers are read leniently, so this may be undefined.
    info = (await api.getInfo()) ?? {}
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (isAppKey && code === 'DYN_MANYCHAT_SCOPE') {
      const remedy = 'Add page.getInfo to the scopes of the app, so that the page of each key can be proven.'
      return {
        findings: [warning(subject, 'an app that may call page.getInfo', 'one that may not', remedy)],
        id: named ?? '',
      }
    }
    if (code === 'DYN_CALL_LIMITED') {
      return { findings: [problem(subject, expected, 'the limit of ManyChat is reached', lockOutRemedy)], id: null }
    }
    return { findings: [failed(subject, expected, error)], id: null }
  }
  if (named !== undefined && info.id !== named) {
    const got = typeof info.id === 'string' ? `that of page ${info.id}` : 'one of a page without an id'
    const remedy = 'Copy the whole key again from Settings, API of the page.'
    return { findings: [problem(subject, 'the key of this page', got, remedy)], id: null }
  }
  const findings = [ok(subject, expected, `them, as "${info.name ?? 'without a name'}"`)]
  if (info.is_pro === false) {
    findings.push(warning(subject, 'a Pro plan', 'another plan', 'Upgrade before ManyChat closes the API to it.'))
  }
  return { findings, id: named ?? info.id ?? '' }
}
