import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { contract } from '../json/contract.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import type { Pages } from '../manychat/pages.ts'
import type { WebhookSecret } from '../settings/credentials.ts'
import { createFinder, requireSecret } from './auth.ts'
import { markAuthentic } from './authentic.ts'
import { acceptJson } from './body.ts'
import { readId } from './candidates.ts'
import { textOrNull } from './contact.ts'
import { type AppInstallation, appInstalled, appInstalledAt } from './schemas.ts'

export interface AppsOptions {
  appKeys: Pick<AppKeys, 'install'>
  pages: Pick<Pages, 'prove' | 'hasKey'>
  secrets: readonly WebhookSecret[]
  /** APP_INSTALL_SECRETS: the ends of the addresses that need no header. With any, `secrets` install nothing. */
  installSecrets: readonly string[]
  /** APP_PAGES; when empty, any page. */
  allowedPages: readonly string[]
  /** APP_KEY_HEADER, in lower case. */
  keyHeader: string
}

/** ManyChat calls this after each install of our app; 200 tells it that the App Key was accepted. */
export async function apps(scope: FastifyInstance, options: AppsOptions): Promise<void> {
  const { appKeys, pages, secrets, installSecrets, allowedPages, keyHeader } = options
  const find = createFinder(installSecrets.map(secret => ({ secret })))
  acceptJson(scope)

  await scope.register(async withHeader => {
    await requireSecret(withHeader, secrets, () => null)
    withHeader.addHook('onRequest', async () => {
      if (installSecrets.length > 0) throw createError('DYN_APP_INSTALL_SECRET')
    })
    const app = contract(withHeader, withoutKey)
    app.post('/apps/installed', { schema: appInstalled }, ({ headers, body, log }) =>
      install({ header: headers[keyHeader], body, log, mayReplace: false }),
    )
  })

  await scope.register(async withAddress => {
    withAddress.addHook('onRequest', async request => {
      if (!find((request.params as { secret: string }).secret)) throw createError('DYN_UNAUTHORIZED')
      markAuthentic(request)
    })
    const app = contract(withAddress, withoutKey)
    app.post('/apps/installed/:secret', { schema: appInstalledAt }, ({ headers, body, log }) =>
      install({ header: headers[keyHeader], body, log, mayReplace: true }),
    )
  })

  function withoutKey() {
    return createError('DYN_APP_KEY_MISSING', { header: keyHeader })
  }

  async function install({ header, body, log, mayReplace }: Install) {
    const { app_token, app_id, app_version, page_id, ...params } = body
    const key = textOrNull(header) ?? textOrNull(app_token)
    if (!key || key.startsWith('{{')) throw withoutKey()
    const proven = await provenPage(key)
    const page = proven ?? namedPage(key, page_id, mayReplace)
    if (page_id != null && readId(page_id) !== page) throw refuse('the key of another page')
    if (allowedPages.length > 0 && !allowedPages.includes(page)) throw createError('DYN_APP_PAGE_REFUSED', { page })
    await appKeys.install({ page, key, params, app_id: textOrNull(app_id), app_version: textOrNull(app_version) })
    log.info({ page, proven: proven !== null }, 'the app was installed')
    return { status: 'installed' as const, page_id: page }
  }

  /** The page of the key, as ManyChat itself reports it; null when the app may not ask. */
  async function provenPage(key: string): Promise<string | null> {
    if (!/^[\x21-\x7e]+$/.test(key)) throw refuse('characters that no key has')
    const info = await pages.prove(key)
    const page = info && readId(info.id)
    if (info && page === null) throw refuse('an answer without a page id')
    return page
  }

  /** The page that the body names. It could name any, so by a webhook secret it can't take over one that has a key. */
  function namedPage(key: string, named: unknown, mayReplace: boolean): string {
    const page = readId(named)
    if (page === null) throw refuse('no page_id beside the key of an app that may not call page.getInfo')
    // A key may begin with its page.
    if ((/^(\d+):/.exec(key)?.[1] ?? page) !== page) throw refuse('the key of another page')
    if (!mayReplace && pages.hasKey(page)) throw createError('DYN_APP_PAGE_UNPROVEN', { page })
    return page
  }
}

interface Install {
  header: unknown
  body: AppInstallation
  log: Pick<FastifyBaseLogger, 'info'>
  /** Whether the page may be taken from the body although it has a key. */
  mayReplace: boolean
}

function refuse(got: string) {
  return createError('DYN_APP_KEY_REFUSED', { got })
}
