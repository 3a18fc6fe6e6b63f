// Serves the browser application below /console/: files of console/dist, and its page with a nonce and a strict policy. Used by
// http-family.ts. Without a build it answers a small page that reloads itself: the launcher builds beside the server.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomToken } from '#lib/security/secrets.ts';

/** The folder of the application; its output is in dist/, which Vite and scripts/build-console.ts write. */
const folder = join(import.meta.dirname, '../../../console');

/** Changes with each build of the application; `none` before the first. Never fails. */
export async function readBuild(): Promise<string> {
  const stamp = await readFile(join(folder, 'dist/stamp'), 'utf8').catch(() => 'none');
  return stamp.trim().slice(0, 16);
}

export async function consolePages(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    index: false,
    dotfiles: 'deny',
  });
  app.get('/console', { exposeHeadRoute: false }, (_request, reply) => reply.redirect('/console/', 308));
  app.get<{ Params: { '*': string } }>('/console/*', { exposeHeadRoute: true }, (request, reply) => {
    const path = request.params['*'];
    return path.includes('.') ? sendFile(path, reply) : sendIndex(request, reply);
  });
}

/** Hashed names never change their content. */
const yearMs = 365 * 24 * 3600 * 1000;

function sendFile(path: string, reply: FastifyReply): FastifyReply {
  reply.header('x-content-type-options', 'nosniff');
  if (path.split(/[/\\]/).includes('..')) return reply.callNotFound() as never;
  const isHashed = path.startsWith('assets/');
  return reply.sendFile(
    `dist/${path}`,
    isHashed ? { maxAge: yearMs, immutable: true } : { maxAge: 0, cacheControl: true },
  );
}

/** `{{nonce}}` in the page is replaced. Styles that scripts write need it; scripts are files of this origin only. */
async function sendIndex(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const nonce = randomToken(22);
  const page = await readFile(join(folder, 'dist/index.html'), 'utf8').catch(() => null);
  sendHeaders(request, reply, nonce);
  if (page === null) return reply.code(503).header('retry-after', '3').send(notBuilt);
  return reply.send(page.replaceAll('{{nonce}}', nonce));
}

function sendHeaders(request: FastifyRequest, reply: FastifyReply, nonce: string): void {
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', policyOf(nonce))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
    .header('x-robots-tag', 'noindex');
  // Only with a certificate that browsers trust by themselves: a name with the local authority would be lost with its files.
  if (request.protocol === 'https' && request.headers['x-forwarded-proto'] === 'https')
    reply.header('strict-transport-security', 'max-age=31536000');
}

const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Chappe</title></head>
<body><h1>Preparing the console</h1>
<p>The server builds the console once, which takes a few seconds. This page reloads by itself.</p>
<p>If it does not go away: run <code>node bin/build-console.mjs</code> in the folder of Chappe. The APIs work meanwhile.</p>
<p lang="fr">Le serveur prépare la console, une seule fois, en quelques secondes. Cette page se recharge d’elle-même.</p>
</body>
</html>
`;
