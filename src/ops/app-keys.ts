import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { createError } from '../errors/errors.ts'
import { problems } from '../errors/problem-details.ts'
import { contract } from '../json/contract.ts'
import type { AppKeys, InstalledApp } from '../manychat/app-keys.ts'

export interface AppKeysRouteOptions {
  appKeys: Pick<AppKeys, 'list' | 'remove'>
  /** Requires one of API_TOKENS with the scope `apps`. */
  authorize(app: FastifyInstance): Promise<void>
}

const Time = Type.String({ format: 'date-time' })
const AppKeyView = Type.Object(
  {
    page: Type.String(),
    app_id: Type.Union([Type.String(), Type.Null()]),
    app_version: Type.Union([Type.String(), Type.Null()]),
    installed_at: Time,
    uninstalled_at: Type.Union([Time, Type.Null()], {
      description: 'Since when ManyChat answers as after an uninstall.',
    }),
  },
  { title: 'AppKey', description: 'An installation, without its key.' },
)
const AppKeyList = Type.Object({ app_keys: Type.Array(AppKeyView) }, { title: 'AppKeys' })
const OnePage = Type.Object({ page: Type.String({ pattern: '^\\d{1,20}$', description: 'the id of a page' }) })
const tags = ['operation']
const security = [{ api: [] }]

/** Shows on which pages the app is installed, and removes what should not be there. */
export async function appKeyRoutes(scope: FastifyInstance, { appKeys, authorize }: AppKeysRouteOptions): Promise<void> {
  await authorize(scope)
  const app = contract(scope, () => createError('DYN_APP_KEY_UNKNOWN'))

  const list = {
    tags,
    operationId: 'listAppKeys',
    summary: 'Lists the installed App Keys',
    security,
    response: { 200: { description: 'Those of all pages.', ...json(AppKeyList) }, ...problems(401, 403, 429, 503) },
  }
  app.get('/app-keys', { schema: list }, async () => ({ app_keys: (await appKeys.list()).map(show) }))

  const remove = {
    tags,
    operationId: 'removeAppKey',
    summary: 'Removes the App Key of a page',
    security,
    params: OnePage,
    response: {
      200: { description: 'It is gone from the store.', ...json(Type.Object({ page: Type.String() })) },
      ...problems(401, 403, 404, 429, 503),
    },
  }
  app.delete('/app-keys/:page', { schema: remove }, async request => {
    const { page } = request.params
    if (!(await appKeys.remove(page))) throw createError('DYN_APP_KEY_UNKNOWN')
    request.audit({ page })
    return { page }
  })
}

function show({ page, app_id, app_version, installed_at, uninstalled_at }: InstalledApp) {
  return {
    page,
    app_id,
    app_version,
    installed_at: new Date(installed_at).toISOString(),
    uninstalled_at: uninstalled_at === null ? null : new Date(uninstalled_at).toISOString(),
  }
}

function json<Body extends ReturnType<typeof Type.Object>>(schema: Body) {
  return { content: { 'application/json': { schema } } }
}
