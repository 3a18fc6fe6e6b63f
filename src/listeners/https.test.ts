import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ConnectionGate } from '#lib/net/connection-gate.ts';
import { silentLog } from '#lib/observability/log.ts';
import {
  type CertificateWithKey,
  createAuthority,
  createKey,
  issueCertificate,
} from '#lib/security/x509/certificates.ts';
import { freePort } from '../../test/support/free-port.ts';
import { until } from '../../test/support/until.ts';
import { type HttpsListenerOptions, openHttpsListener } from './https.ts';

const validity = { fromMs: Date.UTC(2026, 0, 1), untilMs: Date.UTC(2126, 0, 1) };
const authorityKey = createKey();
const ca = createAuthority(authorityKey, validity);

function certificateFor(...names: string[]): CertificateWithKey {
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

/** Its HTTP server answers with the URL and the encryption of the request. */
async function open(
  context: TestContext,
  options: Partial<HttpsListenerOptions> = {},
  serverOptions: ServerOptions = {},
): Promise<Opened> {
  const http = createServer(serverOptions, (request, response) => {
    const isEncrypted = (request.socket as TLSSocket).encrypted === true;
    response.end(`${request.url} ${isEncrypted ? 'by TLS' : 'in the clear'}`);
  });
  const listener = await openHttpsListener(http, {
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
    const closed = listener.close();
    http.closeAllConnections();
    listener.cut();
    await closed;
  });
  return {
    http,
    port: Number(new URL(listener.url!).port),
    close: () => listener.close(),
    cut: () => listener.cut(),
  };
}

async function plainly(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Fails if the certificate is not trusted for this name. */
async function encrypted(socket: Socket, servername = 'api.octopush.com'): Promise<TLSSocket> {
  const tls = connectTls({ socket, ca, servername, ALPNProtocols: ['h2', 'http/1.1'] });
  await once(tls, 'secureConnect');
  tls.on('error', () => {});
  return tls;
}

/** The answer to these lines, which arrives in one packet. */
async function ask(socket: Socket, ...lines: string[]): Promise<string> {
  socket.write([...lines, 'host: x', '', ''].join('\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const tunnel = (socket: Socket, target = 'api.octopush.com:443') => ask(socket, `CONNECT ${target} HTTP/1.1`);
const get = (socket: Socket, path: string) => ask(socket, `GET ${path} HTTP/1.1`);

test('several requests of one TLS connection are served as encrypted', async (context) => {
  const { port } = await open(context);
  const socket = await encrypted(await plainly(port));
  assert.equal(socket.alpnProtocol, 'http/1.1');
  assert.match(await get(socket, '/one'), /\/one by TLS$/);
  assert.match(await get(socket, '/two'), /\/two by TLS$/);
  socket.destroy();
});

test('a client without the authority, or with another name, ends the connection', async (context) => {
  const { port } = await open(context);
  await assert.rejects(encrypted(await plainly(port), 'example.com'), /does not match certificate/);
  const withoutAuthority = connectTls({ port, host: '127.0.0.1', ca: [] });
  await assert.rejects(once(withoutAuthority, 'secureConnect'), /unable to verify|self.signed|issuer/i);
});

test('plain HTTP on the TLS port is refused with a reason', async (context) => {
  const { port } = await open(context);
  const answer = await get(await plainly(port), '/secret?api_key=x');
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /this port speaks TLS/);
});

test('the time-outs of the HTTP server hold although it does not listen', async (context) => {
  const { port } = await open(context, {}, { headersTimeout: 300, connectionsCheckingInterval: 50 });
  const socket = await encrypted(await plainly(port));
  socket.write('GET /never HT');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 408 /);
});

test('a tunnel to any host is served: over TLS, with TLS inside, and plain', async (context) => {
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

test('a client can write before its tunnel is confirmed', async (context) => {
  const { http } = await open(context);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  context.after(() => void http.close());
  const socket = await plainly((http.address() as { port: number }).port);
  socket.write('CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\nGET /early HTTP/1.1\r\nhost: a\r\n\r\n');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  await until('both are answered', () => /\/early in the clear$/.test(received), { tell: () => received });
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

test('without CHAPPE_PROXY a tunnel is refused and the setting is named', async (context) => {
  const { port } = await open(context, { isProxy: false });
  for (const socket of [await plainly(port), await encrypted(await plainly(port))]) {
    const answer = await tunnel(socket);
    assert.match(answer, /^HTTP\/1\.1 405 .*\r\nAllow: GET, .*CHAPPE_PROXY=true\n$/s);
    await once(socket, 'close');
  }
});

test('clients that disconnect at any step do no harm', async (context) => {
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

test('a renewed certificate is used without a restart', async (context) => {
  const renewed = certificateFor('127.0.0.1', 'api.octopush.com', 'sms.example.com');
  let asked = 0;
  const { port } = await open(context, { certificate: async () => (asked++ === 0 ? certificate : renewed) });
  const wanted = new X509Certificate(renewed.cert).fingerprint256;
  await until('the renewed certificate is used', async () => {
    const socket = await encrypted(await plainly(port));
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256 === wanted;
  });
});

test('closing accepts no connection, ends idle ones, and leaves the others until they are cut', async (context) => {
  const { port, close, cut } = await open(context);
  const idle = await encrypted(await plainly(port));
  await get(idle, '/idle');
  const silent = await plainly(port);
  const closeOf = (socket: Socket) => once(socket, 'close');
  const [idleClosed, silentClosed] = [closeOf(idle), closeOf(silent)];
  let isClosed = false;
  const closed = close().then(() => {
    isClosed = true;
  });
  await idleClosed;
  assert.equal(isClosed, false);
  await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), /ECONNREFUSED/);
  cut();
  await silentClosed;
  await closed;
});
