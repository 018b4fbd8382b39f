# The tag node:24-slim as it was in August 2026; Dependabot proposes the next.
FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS base

FROM base AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages bring a Node to machines with an older one; the image has its own.
RUN npm ci --omit=dev --omit=optional

FROM base
LABEL org.opencontainers.image.title="dynablock" \
      org.opencontainers.image.description="The server for ManyChat Dynamic Blocks" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    METRICS_PORT=9464 \
    BLOCKS_DIR=/app/blocks \
    DATA_DIR=/data
WORKDIR /app
COPY --from=install /app/node_modules node_modules
COPY package.json LICENSE start.js ./
COPY src src
COPY examples examples
# blocks and /data are mount points, so that the root file system can be read-only.
RUN mkdir blocks /data .compile-cache && chown node:node /data .compile-cache
VOLUME /data
USER node
# Strips types and compiles code once, not at every start.
RUN export NODE_COMPILE_CACHE=/app/.compile-cache && node -e "import('/app/src/server.ts')" 2>/dev/null; \
    NODE_COMPILE_CACHE=/app/.compile-cache node -e "import('/app/src/sends/open.ts')"
# /metrics is open on 9464: publish that port to Prometheus alone.
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "start.js"]
