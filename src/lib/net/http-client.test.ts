import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { signedHeaders } from '#lib/security/signatures.ts';
import { createHttpClient } from './http-client.ts';

async function listening(answer: (request: IncomingMessage) => number) {
  const heard: { method: string; url: string; type: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      heard.push({ method, url, type: headers['content-type'], body });
      response.writeHead(answer(request)).end('ignored');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { heard, url, close: () => server.close() };
}

const options = { timeoutMs: 2_000, connectionsPerOrigin: 1 };
const get = { method: 'GET', headers: {}, body: null, isGuarded: false } as const;
const post = { method: 'POST', headers: {}, body: '', isGuarded: false } as const;

test('a GET has all values in its URL, a POST in its body', async () => {
  const server = await listening(() => 204);
  const client = createHttpClient(options);
  try {
    assert.deepEqual(await client.send({ ...get, url: `${server.url}/sms?id=1&text=%C3%A9` }), {
      status: 204,
      error: null,
    });
    const headers = { 'content-type': 'text/plain' };
    await client.send({ ...post, url: `${server.url}/cgi?k=1`, headers, body: 'é' });
    assert.deepEqual(server.heard, [
      { method: 'GET', url: '/sms?id=1&text=%C3%A9', type: undefined, body: '' },
      { method: 'POST', url: '/cgi?k=1', type: 'text/plain', body: 'é' },
    ]);
    assert.deepEqual(await client.send({ ...get, url: 'nowhere' }), {
      status: 0,
      error: 'the address is not a URL',
    });
    const refused = await client.send({ ...get, url: `${server.url}/sms?id=1`, isGuarded: true });
    assert.match(refused.error!, /not public/);
  } finally {
    await client.close();
    server.close();
  }
});

test('the headers of an answer are the result, even if the body is endless or very long', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/no' ? 503 : 200);
    const writing = setInterval(() => response.write('x'.repeat(20_000)), 20);
    response.on('close', () => clearInterval(writing));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createHttpClient(options);
  try {
    const startedAt = performance.now();
    assert.deepEqual(await client.send({ ...post, url: `${url}/yes` }), { status: 200, error: null });
    assert.ok(performance.now() - startedAt < 1_000);
    // The only connection becomes free soon.
    assert.deepEqual(await client.send({ ...post, url: `${url}/no` }), { status: 503, error: null });
    const kept = await client.send({ ...post, url: `${url}/no`, keptBytes: 500 });
    assert.deepEqual(kept, { status: 503, error: null, body: 'x'.repeat(500) });
    const success = await client.send({ ...post, url: `${url}/yes`, keptBytes: 500 });
    assert.deepEqual(success, { status: 200, error: null });
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
});

test('a failure whose body trickles is reported, and its connection becomes free', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(503);
    const writing = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(writing));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = createHttpClient(options);
  try {
    const { status, body } = await client.send({ ...post, url, keptBytes: 10_000 });
    assert.equal(status, 503);
    assert.match(body!, /^x{2,}$/);
    assert.deepEqual(await client.send({ ...post, url }), { status: 503, error: null });
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
});

test('a name and a password in a URL are sent as Basic authentication and not in the request line', async () => {
  const seen: string[] = [];
  const server = await listening((request) => {
    seen.push(`${request.url} ${request.headers.authorization ?? 'none'} ${request.headers.host}`);
    return 200;
  });
  const client = createHttpClient(options);
  const host = server.url.slice('http://'.length);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  try {
    for (const [login, expected] of [
      ['user:p%40w@', basic('user:p@w')],
      ['user@', basic('user:')],
      [':secret@', basic(':secret')],
      ['us%C3%A9r:p%w@', basic('usér:p%w')],
      ['a:b%3Ac@', basic('a:b:c')],
      ['', 'none'],
    ] as const) {
      seen.length = 0;
      assert.equal((await client.send({ ...post, url: `http://${login}${host}/x` })).status, 200);
      assert.deepEqual(seen, [`/x ${expected} ${host}`]);
    }
  } finally {
    await client.close();
    server.close();
  }
});

test('requests of one turn each get their own answer', async () => {
  const server = await listening((request) => Number(request.url!.slice(1)));
  const client = createHttpClient({ ...options, connectionsPerOrigin: 8 });
  try {
    const statuses = Array.from({ length: 100 }, (_, i) => 200 + i);
    const answers = await Promise.all(
      statuses.map((status) => client.send({ ...post, url: `${server.url}/${status}` })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      statuses,
    );
  } finally {
    await client.close();
    server.close();
  }
});

test('a request in progress when the client closes is reported without an answer', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const client = createHttpClient(options);
  const answers = [1, 2, 3].map(() => client.send({ ...post, url: `http://127.0.0.1:${port}/` }));
  await new Promise((resolve) => silent.once('request', resolve));
  await client.close();
  for (const { status, error } of await Promise.all(answers)) {
    assert.equal(status, 0);
    assert.notEqual(error, null);
  }
  assert.equal((await client.send({ ...post, url: `http://127.0.0.1:${port}/` })).status, 0);
  silent.close();
  silent.closeAllConnections();
});

test('the query of a GET is signed, and the body of a POST', () => {
  const get = { method: 'GET', url: 'https://customer.example/sms?id=1', contentType: '', body: '' } as const;
  const post = { ...get, method: 'POST', contentType: 'text/plain', body: 'id=1' } as const;
  assert.deepEqual(signedHeaders(get, null, 0), {});
  assert.deepEqual(signedHeaders(post, null, 0), { 'content-type': 'text/plain' });
  const { 'x-chappe-signature': signature } = signedHeaders(get, 'key', 5_000);
  assert.equal(signature, signedHeaders(post, 'key', 5_000)['x-chappe-signature']);
  assert.match(signature!, /^t=5,v1=[0-9a-f]{64}$/);
});
