# Holdfast for web and worker processes; docs/operating/install.md says how it is run. Build it with the commit it is made from:
#   docker build --build-arg COMMIT=$(git rev-parse HEAD) -t holdfast:0.1.0 .
FROM docker.io/library/node:24.21.0-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# A registry or proxy of your own: --secret id=npmrc,src=$HOME/.npmrc
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node node_modules/vite/bin/vite.js build --config web/vite.config.ts --logLevel warn
RUN node deploy/image/prepare.mjs /holdfast

FROM docker.io/library/node:24.21.0-trixie-slim
ARG VERSION=0.1.0
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.licenses="Apache-2.0"
# Only /data and /tmp are written to. What was compiled once is in /tmp, so that a restart of the container finds it.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HOLDFAST_DATA=/data \
    HOLDFAST_COMMIT=$COMMIT \
    NODE_COMPILE_CACHE=/tmp/compiled
RUN groupadd --system --gid 10001 holdfast \
 && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin holdfast \
 && rm -rf /usr/local/lib/node_modules /opt/yarn* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn* /usr/local/bin/corepack \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data \
 && printf '#!/bin/sh\nexec node /holdfast/src/cli/main.ts "$@"\n' > /usr/local/bin/holdfast \
 && chmod 755 /usr/local/bin/holdfast
COPY --from=build /holdfast /holdfast
WORKDIR /holdfast
USER 10001:10001
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# For the worker, which has no address, switch it off (compose.yaml does).
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["node", "deploy/image/health-check.mjs"]
CMD ["node", "--max-semi-space-size=24", "src/main.ts"]
