import { readFileSync } from 'node:fs'
import helmet from '@fastify/helmet'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { openApi } from './openapi.ts'

/** `/openapi.json`, and `/docs` for people: a page that loads nothing from elsewhere, as its policy says. */
export async function docs(app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const document = JSON.stringify(openApi({ publicUrl, version }))
  app.get('/openapi.json', (_request, reply) => reply.header('content-type', 'application/json').send(document))

  await app.register(async page => {
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
