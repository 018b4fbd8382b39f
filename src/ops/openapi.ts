/** The HTTP surface as OpenAPI 3.1, read from the routes: from the schemas that the server itself checks by. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { TSchema } from '@sinclair/typebox'
import { publish } from '../content/json-schema.ts'

type Json = Record<string, unknown>

export interface OpenApiOptions {
  /** Where the server is reached, without a slash at its end. */
  publicUrl: string
  version: string
}

export function openApiOptions({ publicUrl, version }: OpenApiOptions): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'dynablock',
        version,
        description: 'The server for ManyChat Dynamic Blocks. Ids have up to 19 digits: read them with all of them.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'blocks', description: 'What ManyChat calls.' },
        { name: 'sends', description: 'Durable outbound calls of your own systems.' },
        { name: 'content', description: 'Checking v2 content before ManyChat does.' },
        { name: 'operation', description: 'For whoever runs the server.' },
      ],
      components: {
        securitySchemes: {
          webhook: { type: 'http', scheme: 'bearer', description: 'One of WEBHOOK_SECRETS.' },
          api: { type: 'http', scheme: 'bearer', description: 'One of API_TOKENS.' },
        },
      },
    },
    stripBasePath: false,
    convertConstToEnum: false,
    transform: ({ schema: given, url }) => {
      const { documentedBody, ...schema } = (given ?? {}) as Json
      const hide = /^\/(?:docs|simulator)(?:\/|$)/.test(url)
      return { url, schema: { ...schema, hide, ...(documentedBody !== undefined && { body: documentedBody }) } }
    },
    transformObject: document => {
      const { openapiObject } = document as { openapiObject: Json }
      const schemas: Record<string, Json> = {}
      const paths = publishMedia(openapiObject.paths, schemas)
      const components = { ...(openapiObject.components as Json), schemas }
      return JSON.parse(
        JSON.stringify({ ...openapiObject, paths, components }).replaceAll('"#/$defs/', '"#/components/schemas/'),
      )
    },
  }
}

/** Whatever has a title stands once, among the components. */
function publishMedia(value: unknown, schemas: Record<string, Json>): unknown {
  if (Array.isArray(value)) return value.map(member => publishMedia(member, schemas))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => {
    if (key === 'example') return [key, member]
    return [key, key === 'schema' ? publish(member as TSchema, schemas) : publishMedia(member, schemas)]
  })
  return Object.fromEntries(members)
}

const json = { 'application/json': { schema: { type: 'object', additionalProperties: true } } }

/** The schema of a route that is open and takes nothing. */
export function openRoute(operationId: string, summary: string, types: Record<string, { schema: Json }> = json) {
  const response: Record<number, { description: string; content: typeof types }> = {
    200: { description: summary, content: types },
  }
  return { tags: ['operation'], operationId, summary, security: [] as Record<string, string[]>[], response }
}
