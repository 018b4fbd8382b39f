import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { contract } from '../json/contract.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import type { Pages } from '../manychat/pages.ts'
import type { WebhookSecret } from '../settings/credentials.ts'
import { createFinder, requireSecret } from './auth.ts'
import { markAuthentic } from './authentic.ts'
import { acceptJson } from './body.ts'
import { readId, textOrNull } from './contact.ts'
import { type AppInstallation, appInstalled, appInstalledAt } from './schemas.ts'

export interface AppsOptions {
  appKeys: Pick<AppKeys, 'install'>
  pages: Pick<Pages, 'prove'>
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
      install(headers[keyHeader], body, log),
    )
  })

  await scope.register(async withAddress => {
    withAddress.addHook('onRequest', async request => {
      if (!find((request.params as { secret: string }).secret)) throw createError('DYN_UNAUTHORIZED')
      markAuthentic(request)
    })
    const app = contract(withAddress, withoutKey)
    app.post('/apps/installed/:secret', { schema: appInstalledAt }, ({ headers, body, log }) =>
      install(headers[keyHeader], body, log),
    )
  })

  function withoutKey() {
    return createError('DYN_APP_KEY_MISSING', { header: keyHeader })
  }

  async function install(header: unknown, body: AppInstallation, log: Pick<FastifyBaseLogger, 'info'>) {
    const { app_token, app_id, app_version, page_id, ...params } = body
    const key = textOrNull(header) ?? textOrNull(app_token)
    if (!key || key.startsWith('{{')) throw withoutKey()
    const page = await provenPage(key, page_id)
    await appKeys.install({ page, key, params, app_id: textOrNull(app_id), app_version: textOrNull(app_version) })
    log.info({ page }, 'the app was installed')
    return { status: 'installed' as const, page_id: page }
  }

  /** The page of the key, as ManyChat itself reports it: a body could name any page. */
  async function provenPage(key: string, named: unknown): Promise<string> {
    if (!/^[\x21-\x7e]+$/.test(key)) throw createError('DYN_APP_KEY_REFUSED', { got: 'characters that no key has' })
    const page = readId((await pages.prove(key)).id)
    if (page === null) throw createError('DYN_APP_KEY_REFUSED', { got: 'an answer without a page id' })
    if (named != null && readId(named) !== page)
      throw createError('DYN_APP_KEY_REFUSED', { got: 'the key of another page' })
    if (allowedPages.length > 0 && !allowedPages.includes(page)) throw createError('DYN_APP_PAGE_REFUSED', { page })
    return page
  }
}
