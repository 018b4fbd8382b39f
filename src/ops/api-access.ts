/** Who of the user's own systems may do what, and what each has changed. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createError } from '../errors/errors.ts'
import { type ApiToken, allows, type Scope } from '../settings/credentials.ts'
import { requireBearer } from '../webhook/auth.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the API token that was shown; null when it has none, or none was asked for. */
    tokenName: string | null
    /** Logs a change that was made with the token: ids and numbers, no text. */
    audit(changed: Record<string, string | number>): void
  }
}

/** Makes the function that opens the routes of a scope to those of API_TOKENS that may use them. */
export function createApiAccess(tokens: readonly ApiToken[]) {
  return (scope: Scope) =>
    async (app: FastifyInstance): Promise<void> => {
      app.decorateRequest('tokenName', null)
      app.decorateRequest('audit', audit)
      await requireBearer(app, tokens, (token, request) => {
        if (!allows(token, scope)) throw createError('DYN_TOKEN_SCOPE', { scope })
        request.tokenName = token.name
      })
    }
}

function audit(this: FastifyRequest, changed: Record<string, string | number>): void {
  const { operationId } = this.routeOptions.schema as { operationId: string }
  const token = this.tokenName ?? 'unnamed'
  this.log.info({ token, operation: operationId, ...changed, call: this.id }, 'changed with an API token')
}
