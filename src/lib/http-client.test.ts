// Requests to a server of the test: what arrives there, and what the caller is told.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createHttpClient } from './http-client.ts';
import { signedHeaders } from './signatures.ts';

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

test('a GET tells everything in its URL, a POST in its body', async () => {
  const server = await listening(() => 204);
  const client = createHttpClient({ timeoutMs: 2_000, connectionsPerOrigin: 1 });
  try {
    assert.deepEqual(await client.get(`${server.url}/sms?id=1&text=%C3%A9`, {}), {
      status: 204,
      error: null,
    });
    await client.post(`${server.url}/cgi?k=1`, { 'content-type': 'text/plain' }, 'é');
    assert.deepEqual(server.heard, [
      { method: 'GET', url: '/sms?id=1&text=%C3%A9', type: undefined, body: '' },
      { method: 'POST', url: '/cgi?k=1', type: 'text/plain', body: 'é' },
    ]);
    assert.deepEqual(await client.get('nowhere', {}), { status: 0, error: 'the address is not a URL' });
    assert.match((await client.get(`${server.url}/sms?id=1`, {}, true)).error!, /not public/);
  } finally {
    await client.close();
    server.close();
  }
});

test('of a GET the query is signed, of a POST the body', () => {
  const get = { method: 'GET', url: 'https://customer.example/sms?id=1', contentType: '', body: '' } as const;
  const post = { ...get, method: 'POST', contentType: 'text/plain', body: 'id=1' } as const;
  assert.deepEqual(signedHeaders(get, null, 0), {});
  assert.deepEqual(signedHeaders(post, null, 0), { 'content-type': 'text/plain' });
  const { 'x-chappe-signature': signature } = signedHeaders(get, 'key', 5_000);
  assert.equal(signature, signedHeaders(post, 'key', 5_000)['x-chappe-signature']);
  assert.match(signature!, /^t=5,v1=[0-9a-f]{64}$/);
});
