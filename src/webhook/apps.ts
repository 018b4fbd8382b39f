import type { FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { contract } from '../json/contract.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import type { Pages } from '../manychat/pages.ts'
import type { WebhookSecret } from '../settings/credentials.ts'
import { requireSecret } from './auth.ts'
import { acceptJson } from './body.ts'
import { readId, textOrNull } from './contact.ts'
import { appInstalled } from './schemas.ts'

export interface AppsOptions {
  appKeys: AppKeys
  pages: Pages
  secrets: readonly WebhookSecret[]
  /** APP_KEY_HEADER, in lower case. */
  keyHeader: string
}

/** ManyChat calls this after each install of our app; 200 tells it that the App Key was accepted. */
export async function apps(scope: FastifyInstance, { appKeys, pages, secrets, keyHeader }: AppsOptions): Promise<void> {
  acceptJson(scope)
  await requireSecret(scope, secrets, () => null)
  const app = contract(scope, () => createError('DYN_APP_KEY_MISSING', { header: keyHeader }))

  app.post('/apps/installed', { schema: appInstalled }, async ({ headers, body, log }) => {
    const { app_token, app_id, app_version, page_id, ...params } = body
    const key = textOrNull(headers[keyHeader]) ?? textOrNull(app_token)
    if (!key || key.startsWith('{{')) throw createError('DYN_APP_KEY_MISSING', { header: keyHeader })
    const page = await provenPage(key, page_id)
    await appKeys.install({ page, key, params, app_id: textOrNull(app_id), app_version: textOrNull(app_version) })
    log.info({ page }, 'the app was installed')
    return { status: 'installed' as const, page_id: page }
  })

  /** The page of the key, as ManyChat itself reports it: a body could name any page. */
  async function provenPage(key: string, named: unknown): Promise<string> {
    if (!/^[\x21-\x7e]+$/.test(key)) throw createError('DYN_APP_KEY_REFUSED', { got: 'characters that no key has' })
    const page = readId((await pages.prove(key)).id)
    if (page === null) throw createError('DYN_APP_KEY_REFUSED', { got: 'an answer without a page id' })
    if (named != null && readId(named) !== page)
      throw createError('DYN_APP_KEY_REFUSED', { got: 'the key of another page' })
    return page
  }
}
