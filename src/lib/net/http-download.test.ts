import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Resolve } from './address-guard.ts';
import { createDownloader, DownloadError, type DownloadOptions } from './http-download.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function download(url: string, options: Partial<DownloadOptions> = {}): Promise<Buffer> {
  const downloader = createDownloader({
    timeoutMs: 5_000,
    maxBytes: 1_000_000,
    allowPrivate: true,
    ...options,
  });
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of downloader.fetch(url)) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    await downloader.close();
  }
}

function refuses(url: string, message: RegExp, options: Partial<DownloadOptions> = {}): Promise<void> {
  return assert.rejects(download(url, options), (error) => {
    assert.ok(error instanceof DownloadError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** Each DNS query gets the next of these answers; several addresses are separated by spaces. */
function names(...answers: readonly string[]): Resolve {
  let asked = 0;
  const lookup: LookupFunction = (_host, _options, callback) =>
    callback(
      null,
      answers[asked++ % answers.length]!.split(' ').map((address) => ({ address, family: 4 })),
    );
  return lookup as unknown as Resolve;
}

test('a file is received unchanged, compressed or not, over redirects, with the credentials of its URL', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: 'older' }).end('elsewhere');
    else if (request.url === '/older') response.writeHead(308, { location: '/list.csv' }).end();
    else if (request.url === '/packed')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('number\n1\n'));
    else response.end(`number\n1\n${request.headers.authorization ?? ''}`);
  });
  assert.equal(String(await download(`${url}/old`)), 'number\n1\n');
  assert.equal(String(await download(`${url}/packed`)), 'number\n1\n');
  const withUser = url.replace('//', '//me:p%40ss@');
  assert.match(String(await download(withUser)), /Basic bWU6cEBzcw==$/);
});

test('no address that is not public receives a request, in any spelling', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    response.end('secret');
  });
  const { port } = new URL(url);
  for (const host of [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
  ])
    await refuses(`http://${host}:${port}/`, /not public/, { allowPrivate: false });
  await refuses('http://10.0.0.1/', /not public/, { allowPrivate: false });
  await refuses('http://[fe80::1]/', /not public/, { allowPrivate: false });
  assert.equal(asked, 0);
});

/** Treats only the addresses of this machine as public. */
const onlyHere = { allowPrivate: false, isPublic: (address: string) => address === '127.0.0.1' };

test('the checked address is the one that is connected to: a later change of the name has no effect', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    response.end('list');
  });
  const named = url.replace('127.0.0.1', 'list.example.com');
  await refuses(named, /not public/, { ...onlyHere, resolve: names('10.0.0.1') });
  await refuses(named, /not public/, { ...onlyHere, resolve: names('127.0.0.1 10.0.0.1') });
  assert.equal(asked, 0);
  // Each connection goes to the answer of its only DNS query.
  const resolve = names('127.0.0.1', '10.0.0.1');
  assert.equal(String(await download(named, { ...onlyHere, resolve })), 'list');
  await refuses(named, /not public/, { ...onlyHere, resolve });
  assert.equal(asked, 1);
});

test('a redirect is checked like the first address', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url!);
    const target = request.url === '/' ? null : decodeURIComponent(request.url!.slice(1));
    if (target === null) response.end('list');
    else response.writeHead(302, { location: target }).end();
  });
  const redirected = (target: string) => `${url}/${encodeURIComponent(target)}`;
  assert.equal(String(await download(redirected(`${url}/`), onlyHere)), 'list');
  asked.length = 0;
  const resolve = names('10.0.0.1');
  for (const target of ['http://10.0.0.1/', 'http://in.example.com/', 'http://[::1]/', 'file:///etc/passwd'])
    await refuses(redirected(target), /not public|must begin/, { ...onlyHere, resolve });
  await refuses(redirected(redirected('http://10.0.0.1/')), /not public/, onlyHere);
  assert.ok(!asked.includes('/'));
});

test('a circle of redirects ends', async () => {
  const url = await serve((_request, response) => response.writeHead(301, { location: '/' }).end());
  await refuses(url, /redirects more than 5 times/);
});

test('a file above the limit is refused, with or without a declared length, compressed or not', async () => {
  const large = Buffer.alloc(2_000_000, 'x');
  // 50 MB in 50 kB.
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const url = await serve((request, response) => {
    if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    else if (request.url === '/twice')
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb);
    else if (request.url === '/endless') {
      const piece = () => response.write(large, piece);
      piece();
    } else response.end(large);
  });
  assert.ok(bomb.length < 100_000);
  for (const path of ['/', '/bomb', '/endless']) await refuses(url + path, /more than 1000000 bytes/);
  await refuses(`${url}/twice`, /coding that is not known/);
});

test('an endless answer is aborted after the timeout, at any point', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/body') response.write('number\n');
    // The rest never arrives.
  });
  for (const path of ['/', '/body']) await refuses(url + path, /within 0.3 seconds/, { timeoutMs: 300 });
});

test('an answer without a file is reported', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('number\n');
      setImmediate(() => response.destroy());
    } else if (request.url === '/broken')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip');
    else response.writeHead(404).end('not here');
  });
  await refuses(`${url}/none`, /answers with status 404/);
  await refuses(`${url}/cut`, /cannot be read/);
  await refuses(`${url}/broken`, /cannot be unpacked/);
  await refuses('not a url', /not a URL/);
  await refuses('file:///etc/passwd', /must begin with http/);
  await refuses('http://127.0.0.1:9/', /cannot be read/);
});
