/** The page: files that the browser loads unbuilt, from this server only. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const folder = fileURLToPath(new URL('page/', import.meta.url))
/** Modules from packages, by their names in the page's import map. */
const vendor: Record<string, string> = {
  'preact.js': fileURLToPath(import.meta.resolve('preact')),
  'hooks.js': fileURLToPath(import.meta.resolve('preact/hooks')),
  'htm.js': fileURLToPath(import.meta.resolve('htm')),
}

export async function page(app: FastifyInstance): Promise<void> {
  const html = readFileSync(`${folder}index.html`, 'utf8')
  const inline = [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)].map(([, text]) => hash(text))
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", ...inline],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // The server speaks plain http on this machine.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  })
  await app.register(files, { root: folder, prefix: '/simulator/assets/', cacheControl: false, index: false })

  app.get('/simulator', (_request, reply) => reply.type('text/html; charset=utf-8').send(html))

  app.get<{ Params: { name: string } }>('/simulator/vendor/:name', ({ params }, reply) => {
    const path = Object.hasOwn(vendor, params.name) ? (vendor[params.name] as string) : undefined
    if (path === undefined) return reply.callNotFound()
    return reply.type('text/javascript; charset=utf-8').sendFile(basename(path), dirname(path))
  })
}

function hash(text = ''): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
