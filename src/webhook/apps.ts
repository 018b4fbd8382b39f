import type { FastifyInstance } from 'fastify'
import { createError } from '../errors.ts'
import type { AppKeys } from '../manychat/app-keys.ts'
import type { Pages } from '../manychat/pages.ts'
import { requireSecret } from './auth.ts'
import { acceptJson } from './body.ts'
import { readId, textOrNull } from './contact.ts'

export interface AppsOptions {
  appKeys: AppKeys
  pages: Pages
  secrets: readonly string[]
  /** APP_KEY_HEADER, in lower case. */
  keyHeader: string
}

/** What ManyChat calls after each install of our app: 200 tells it that the App Key was taken. */
export async function apps(app: FastifyInstance, { appKeys, pages, secrets, keyHeader }: AppsOptions): Promise<void> {
  acceptJson(app)
  await requireSecret(app, secrets)

  app.post('/apps/installed', async ({ headers, body, log }) => {
    const { app_token, app_id, app_version, page_id, ...params } = (body ?? {}) as Record<string, unknown>
    const key = textOrNull(headers[keyHeader]) ?? textOrNull(app_token)
    if (!key || key.startsWith('{{')) throw createError('DYN_APP_KEY_MISSING', { header: keyHeader })
    const page = await provenPage(key, page_id)
    await appKeys.install({ page, key, params, app_id: textOrNull(app_id), app_version: textOrNull(app_version) })
    log.info({ page }, 'the app was installed')
    return { status: 'installed', page_id: page }
  })

  /** The page that the key is for by ManyChat's own word; a body could name any. */
  async function provenPage(key: string, named: unknown): Promise<string> {
    if (!/^[\x21-\x7e]+$/.test(key)) throw createError('DYN_APP_KEY_REFUSED', { got: 'characters that no key has' })
    const page = readId((await pages.prove(key)).id)
    if (page === null) throw createError('DYN_APP_KEY_REFUSED', { got: 'an answer without a page id' })
    if (named != null && readId(named) !== page)
      throw createError('DYN_APP_KEY_REFUSED', { got: 'the key of another page' })
    return page
  }
}
