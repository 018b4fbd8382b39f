/** A route's schema is its contract: the compiler types by it, the server validates by it, and the API docs show it. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { stringifyExact } from './exact-json.ts'
import { findMismatch, type Mismatch } from './mismatch.ts'

type Part = 'params' | 'querystring' | 'headers' | 'body'
type Validator = (value: unknown) => { error: Error } | { value: unknown }

/** Replaces Fastify's own compilers, which would load ajv and fast-json-stringify at startup. */
export const schemaController = {
  // Fastify validates nothing where it is given no validator, but its types allow ajv's alone.
  compilersFactory: { buildValidator: () => () => undefined, buildSerializer: () => () => stringifyExact },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

/**
 * Types the routes of a scope from their schemas, and validates requests against them.
 *
 * @param refuse turns a mismatch into the error to throw
 */
export function contract(app: FastifyInstance, refuse: (mismatch: Mismatch, part: Part) => Error) {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart, contentType }): Validator => {
    // A body declared by content type (one of several types, or lines) is checked by the code that reads it.
    if (contentType !== undefined) return value => ({ value })
    return given => {
      // Fastify passes null for a missing part.
      const part = given ?? schema.default
      const value = httpPart === 'querystring' ? withIntegers(schema, part) : part
      const mismatch = findMismatch(schema, value)
      return mismatch ? { error: refuse(mismatch, httpPart as Part) } : { value }
    }
  })
  return app.setSerializerCompiler(() => stringifyExact).withTypeProvider<TypeBoxTypeProvider>()
}

/** A query arrives as texts: the digits of an integer become a number. */
function withIntegers({ properties }: TSchema, query: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(query).map(([name, text]) => {
    const isInteger = properties[name]?.type === 'integer' && /^\d{1,15}$/.test(String(text))
    return [name, isInteger ? Number(text) : text]
  })
  return Object.fromEntries(members)
}
