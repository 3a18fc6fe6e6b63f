import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ConnectionGate } from '#lib/net/connection-gate.ts';
import { silentLog } from '#lib/observability/log.ts';
import { createAuthority, createKey, issueCertificate } from '#lib/security/x509/certificates.ts';
import type { Certificate } from '#main/local-authority.ts';
import { freePort } from '../../test/support/free-port.ts';
import { until } from '../../test/support/until.ts';
import { type HttpsListenerOptions, openHttpsListener } from './https.ts';

const validity = { fromMs: Date.UTC(2026, 0, 1), untilMs: Date.UTC(2126, 0, 1) };
const authorityKey = createKey();
const ca = createAuthority(authorityKey, validity);

function certificateFor(...names: string[]): Certificate {
  const key = createKey();
  return { key, cert: issueCertificate(authorityKey, key, names, validity) };
}

const certificate = certificateFor('127.0.0.1', 'api.octopush.com');

interface Opened {
  readonly http: Server;
  readonly port: number;
  close(): Promise<void>;
  cut(): void;
}

/** Behind it a server that says what it was asked, and whether in secret. */
async function open(
  context: TestContext,
  options: Partial<HttpsListenerOptions> = {},
  serverOptions: ServerOptions = {},
): Promise<Opened> {
  const http = createServer(serverOptions, (request, response) => {
    const isEncrypted = (request.socket as TLSSocket).encrypted === true;
    response.end(`${request.url} ${isEncrypted ? 'by TLS' : 'in the clear'}`);
  });
  const door = await openHttpsListener(http, {
    host: '127.0.0.1',
    port: await freePort(),
    isProxy: true,
    certificate: async () => certificate,
    log: silentLog,
    gate: new ConnectionGate({
      most: 100,
      mostPerAddress: 100,
      isExempt: () => false,
      onRefused: () => {},
      now: () => 0,
    }),
    ...options,
  });
  context.after(async () => {
    const closed = door.close();
    http.closeAllConnections();
    door.cut();
    await closed;
  });
  return { http, port: Number(new URL(door.url!).port), close: () => door.close(), cut: () => door.cut() };
}

async function plainly(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Fails where the certificate is not trusted for this name. */
async function encrypted(socket: Socket, servername = 'api.octopush.com'): Promise<TLSSocket> {
  const tls = connectTls({ socket, ca, servername, ALPNProtocols: ['h2', 'http/1.1'] });
  await once(tls, 'secureConnect');
  tls.on('error', () => {});
  return tls;
}

/** What is said in answer to these lines: little enough to come at once. */
async function ask(socket: Socket, ...lines: string[]): Promise<string> {
  socket.write([...lines, 'host: x', '', ''].join('\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const tunnel = (socket: Socket, target = 'api.octopush.com:443') => ask(socket, `CONNECT ${target} HTTP/1.1`);
const get = (socket: Socket, path: string) => ask(socket, `GET ${path} HTTP/1.1`);

test('what comes by TLS is served, and known to have come so, on one connection after the other', async (context) => {
  const { port } = await open(context);
  const socket = await encrypted(await plainly(port));
  assert.equal(socket.alpnProtocol, 'http/1.1');
  assert.match(await get(socket, '/one'), /\/one by TLS$/);
  assert.match(await get(socket, '/two'), /\/two by TLS$/);
  socket.destroy();
});

test('a client that does not know the authority, or asks for another name, ends the connection', async (context) => {
  const { port } = await open(context);
  await assert.rejects(encrypted(await plainly(port), 'example.com'), /does not match certificate/);
  const stranger = connectTls({ port, host: '127.0.0.1', ca: [] });
  await assert.rejects(once(stranger, 'secureConnect'), /unable to verify|self.signed|issuer/i);
});

test('who asks in the clear on the port of TLS is told, and nothing is served', async (context) => {
  const { port } = await open(context);
  const answer = await get(await plainly(port), '/secret?api_key=x');
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /this port speaks TLS/);
});

test('the time-outs of the HTTP server hold, though it listens to nobody itself', async (context) => {
  const { port } = await open(context, {}, { headersTimeout: 300, connectionsCheckingInterval: 50 });
  const socket = await encrypted(await plainly(port));
  socket.write('GET /never HT');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 408 /);
});

test('a tunnel to any host leads here: by TLS, in TLS, and in the clear', async (context) => {
  const { http, port } = await open(context);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const httpPort = (http.address() as { port: number }).port;
  context.after(() => void http.close());
  for (const outer of [await plainly(httpPort), await plainly(port), await encrypted(await plainly(port))]) {
    assert.match(await tunnel(outer), /^HTTP\/1\.1 200 /);
    const inner = await encrypted(outer);
    assert.match(await get(inner, '/through'), /\/through by TLS$/);
    inner.destroy();
  }
  const outer = await plainly(httpPort);
  assert.match(await tunnel(outer, 'nowhere.invalid:80'), /^HTTP\/1\.1 200 /);
  assert.match(await get(outer, '/plain'), /\/plain in the clear$/);
  assert.match(await get(outer, '/again'), /\/again in the clear$/);
  outer.destroy();
});

test('a client may speak first, without waiting for its tunnel', async (context) => {
  const { http } = await open(context);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  context.after(() => void http.close());
  const socket = await plainly((http.address() as { port: number }).port);
  socket.write('CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\nGET /early HTTP/1.1\r\nhost: a\r\n\r\n');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  await until('both are answered', () => /\/early in the clear$/.test(heard), { tell: () => heard });
  socket.destroy();
});

test('a tunnel in a tunnel is refused', async (context) => {
  const { port } = await open(context);
  const outer = await plainly(port);
  await tunnel(outer);
  const inner = await encrypted(outer);
  const answer = await tunnel(inner);
  assert.match(answer, /^HTTP\/1\.1 405 /);
  assert.match(answer, /leads no further/);
  inner.destroy();
});

test('without CHAPPE_PROXY there are no tunnels, and what it takes is told', async (context) => {
  const { port } = await open(context, { isProxy: false });
  for (const socket of [await plainly(port), await encrypted(await plainly(port))]) {
    const answer = await tunnel(socket);
    assert.match(answer, /^HTTP\/1\.1 405 .*\r\nAllow: GET, .*CHAPPE_PROXY=true\n$/s);
    await once(socket, 'close');
  }
});

test('clients that vanish at any step do no harm', async (context) => {
  const { port } = await open(context);
  const steps: ((socket: Socket) => Promise<unknown>)[] = [
    async () => {},
    async (socket) => socket.write(Buffer.of(0x16, 0x03)),
    (socket) => tunnel(socket),
    async (socket) => {
      await tunnel(socket);
      socket.write(Buffer.of(0x16));
    },
    async (socket) => {
      await tunnel(socket);
      (await encrypted(socket)).write('POST /half HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc');
    },
  ];
  for (const step of steps) {
    const socket = await plainly(port);
    await step(socket);
    socket.resetAndDestroy();
  }
  assert.match(await get(await encrypted(await plainly(port)), '/after'), /\/after by TLS$/);
});

test('a certificate that was renewed is shown without a restart', async (context) => {
  const renewed = certificateFor('127.0.0.1', 'api.octopush.com', 'sms.example.com');
  let asked = 0;
  const { port } = await open(context, { certificate: async () => (asked++ === 0 ? certificate : renewed) });
  const wanted = new X509Certificate(renewed.cert).fingerprint256;
  await until('the other one is shown', async () => {
    const socket = await encrypted(await plainly(port));
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256 === wanted;
  });
});

test('closing takes no new connection, ends those that are idle, and leaves the others until they are cut', async (context) => {
  const { port, close, cut } = await open(context);
  const idle = await encrypted(await plainly(port));
  await get(idle, '/idle');
  const silent = await plainly(port);
  const isGone = (socket: Socket) => once(socket, 'close');
  const [idleGone, silentGone] = [isGone(idle), isGone(silent)];
  let isClosed = false;
  const closed = close().then(() => {
    isClosed = true;
  });
  await idleGone;
  assert.equal(isClosed, false);
  await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), /ECONNREFUSED/);
  cut();
  await silentGone;
  await closed;
});
