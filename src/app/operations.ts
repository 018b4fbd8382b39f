/** The routes of the user's own systems and of the operator: sends, checks, health and metrics. */
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Blocks } from '../blocks/load.ts'
import { contactRoutes } from '../contacts/routes.ts'
import { check, contentSchemaRoute } from '../content/routes.ts'
import { createApiAccess } from '../ops/api-access.ts'
import { appKeyRoutes } from '../ops/app-keys.ts'
import type { Draining } from '../ops/drain.ts'
import { health } from '../ops/health.ts'
import { metrics } from '../ops/metrics.ts'
import { metricsServer } from '../ops/metrics-server.ts'
import { createMetricsText } from '../ops/metrics-text.ts'
import type { Overload } from '../ops/overload.ts'
import { registerServerMetrics } from '../ops/server-metrics.ts'
import { sends } from '../sends/routes.ts'
import type { Config } from '../settings/config.ts'
import { readApiToken, readWebhookSecret } from '../settings/credentials.ts'
import { apps } from '../webhook/apps.ts'
import type { Outbound } from './outbound.ts'

export interface OperationsOptions {
  config: Config
  blocks: Blocks
  outbound: Outbound
  overload: Overload
  /** The metrics that `/metrics` shows. */
  registry: Registry
  metricsMaxAgeMs: number | undefined
  draining: Draining
}

export async function operations(app: FastifyInstance, options: OperationsOptions): Promise<void> {
  const { config, blocks, outbound, overload, registry, metricsMaxAgeMs, draining } = options
  const { publicUrl, host, metricsPort: port, maxBodyBytes } = config
  const { appInstallSecrets: installSecrets, appPages: allowedPages, appKeyHeader: keyHeader } = config
  const { queue, checkSend, appKeys, pages, contacts } = outbound
  const secrets = config.webhookSecrets.map(readWebhookSecret)
  const access = createApiAccess(config.apiTokens.map(readApiToken))

  app.register(async patient => {
    await overload.guard(patient)
    patient.register(apps, { appKeys, pages, secrets, installSecrets, allowedPages, keyHeader })
    patient.register(appKeyRoutes, { appKeys, authorize: access('apps') })
    patient.register(contactRoutes, { contacts, authorize: access('contacts') })
    patient.register(sends, { queue, checkSend, authorize: access('sends'), maxBodyBytes })
    patient.register(check, { authorize: access('check'), allowLoopback: publicUrl.startsWith('http://') })
  })
  app.register(contentSchemaRoute, { publicUrl })
  registerServerMetrics(registry, { isOverloaded: overload.isHigh })
  const text = createMetricsText({ registry, maxAgeMs: metricsMaxAgeMs })
  app.register(metrics, { text, authorize: access('metrics') })
  if (port !== undefined) app.register(metricsServer, { host, port, text })
  app.register(health, {
    blocks: () => blocks.names().length > 0,
    findStoreProblem: outbound.findStoreProblem,
    draining: draining.isDraining,
    onProbe: draining.onProbe,
  })
}
