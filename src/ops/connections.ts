/** How long connections may take for what, so that neither slow nor silent ones use the server up. */
export interface ConnectionLimits {
  /** For the headers of a request, and for the first byte of a new connection. */
  headersMs: number
  /** For a whole request, its body included. */
  requestMs: number
  /** Without a byte in either direction. */
  silentMs: number
  /** Between two requests. */
  keepAliveMs: number
  /** How often the first two are looked after. */
  checkEveryMs: number
  /** At once: see `limitConnections`. */
  count: number
}

export const connectionLimits: ConnectionLimits = {
  // ManyChat sends its headers in one packet, and a proxy passes them on when it has them all.
  headersMs: 5000,
  // ManyChat has hung up by then; who sends a body more slowly than that isn't ManyChat.
  requestMs: 10_000,
  // Twice what any answer takes; then the other side is gone, or doesn't read.
  silentMs: 30_000,
  // Longer than proxies and balancers keep theirs (nginx and AWS 60 s, Traefik 90 s, Caddy 2 min, Google 10 min): who closes
  // first while the other sends loses that call, and ManyChat makes no second.
  keepAliveMs: 620_000,
  // Node's own 30 s would give a slow one six times what is allowed above.
  checkEveryMs: 1000,
  // About 10 kB each, so that strangers who only connect can take 100 MB and no more.
  count: 10_000,
}

/** What Node and Fastify call them. */
export function serverOptions({ headersMs, requestMs, silentMs, keepAliveMs, checkEveryMs }: ConnectionLimits) {
  return {
    requestTimeout: requestMs,
    connectionTimeout: silentMs,
    keepAliveTimeout: keepAliveMs,
    // No limit: closing a connection that works is the race that keepAliveMs avoids.
    maxRequestsPerSocket: 0,
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkEveryMs,
      // Node's default, said here as docs/webhook.md does: a bearer, some cookies, and what three proxies add.
      maxHeaderSize: 16_384,
      // Node would refuse it without a body; we refuse it as everything else.
      requireHostHeader: false,
    },
  }
}
