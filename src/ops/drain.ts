import type { FastifyInstance } from 'fastify'

export interface DrainOptions {
  /** How long calls are still taken once `/readyz` says that they should go elsewhere. */
  noticeMs: number
  /** Milliseconds since 1970. */
  now(): number
}

/** A balancer asks at least so often. */
const probedWithinMs = 60_000

export type Draining = ReturnType<typeof createDrain>

/**
 * The beginning of the end: `/readyz` says so first, and calls are taken for a while longer, since a balancer needs that to
 * send them elsewhere, and ManyChat calls no second time. Without a balancer nobody waits.
 */
export function createDrain({ noticeMs, now }: DrainOptions) {
  let isBegun = false
  let probedAt = Number.NEGATIVE_INFINITY
  return { isDraining: () => isBegun, onProbe, drain }

  function onProbe(): void {
    probedAt = now()
  }

  /** Resolves when calls need no longer be taken. */
  async function drain(): Promise<void> {
    isBegun = true
    if (now() - probedAt < probedWithinMs) await new Promise(resolve => setTimeout(resolve, noticeMs))
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Says at `/readyz` that the server ends; resolves when it may be closed. */
    drain(): Promise<void>
  }
}

/** Lets the process say that it ends. */
export function drain(app: FastifyInstance, options: DrainOptions): Draining {
  const draining = createDrain(options)
  app.decorate('drain', draining.drain)
  return draining
}
