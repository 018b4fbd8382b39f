import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { manifest } from '../settings/manifest.ts'
import { openApiOptions, openRoute } from './openapi.ts'

export interface DocsOptions {
  publicUrl: string
  /** Refuses those who may not read them; by default they are open to everybody. */
  guard?: onRequestAsyncHookHandler | undefined
}

/** `/openapi.json`, and `/docs` for people: a page that loads nothing from elsewhere, as its policy says. */
async function describeRoutes(app: FastifyInstance, { publicUrl, guard }: DocsOptions): Promise<void> {
  await app.register(swagger, openApiOptions({ publicUrl, version: manifest.version }))
  const schema = openRoute('openApi', 'This document')
  app.get('/openapi.json', { schema, ...(guard && { onRequest: guard }) }, async () => app.swagger())

  await app.register(async page => {
    if (guard) page.addHook('onRequest', guard)
    await page.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          // The page starts itself by a script of its own, and styles itself as it goes.
          scriptSrc: ["'self'", "'unsafe-inline'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // It would bind the whole host, for a year: that is for its proxy to say.
      strictTransportSecurity: false,
    })
    await page.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        // All of these ask servers of its maker.
        withDefaultFonts: false,
        telemetry: false,
        hideClientButton: true,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  })
}

/** In the scope of the app itself, since it reads every route that is registered after it. */
export const docs = Object.assign(describeRoutes, { [Symbol.for('skip-override')]: true })
