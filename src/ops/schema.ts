import type { FastifyInstance } from 'fastify'
import { contentSchema } from '../content/json-schema.ts'

/** `GET /schema/content.json`: what editors ask for to help with v2 content; open, also to editors that are web pages. */
export async function schema(app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> {
  const path = '/schema/content.json'
  const text = JSON.stringify(contentSchema(publicUrl + path), null, 2)
  app.get(path, async (_request, reply) => {
    reply.header('content-type', 'application/schema+json; charset=utf-8').header('access-control-allow-origin', '*')
    return text
  })
}
