import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { fastify } from 'fastify';
import { RefusedError } from '#domain/base/refusals.ts';
import { HeldBytes } from '#lib/net/held-bytes.ts';
import { boundBodies, takeBodies } from './bodies.ts';

const limitBytes = 1000;

function echo() {
  const app = fastify();
  takeBodies(app, limitBytes);
  app.setErrorHandler((error, _request, reply) =>
    reply.code(400).send(error instanceof RefusedError ? error.refusal.reason : String(error)),
  );
  app.post('/', async (request) => `${(request.body as Buffer).length} bytes`);
  return app;
}

const types = [
  'application/x-www-form-urlencoded',
  'form',
  '',
  'a/b, c/d',
  'multipart/form-data',
  '*/*',
  undefined,
];
for (const type of types) {
  test(`a body announced as ${type === undefined ? 'nothing' : `"${type}"`} is taken`, async () => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const answer = await echo().inject({ method: 'POST', url: '/', headers, payload: Buffer.from('a=b') });
    assert.equal(answer.body, '3 bytes');
  });
}

test('a body of exactly the limit is accepted, one byte more is refused', async () => {
  const post = (length: number) => echo().inject({ method: 'POST', url: '/', payload: Buffer.alloc(length) });
  assert.equal((await post(limitBytes)).body, '1000 bytes');
  assert.equal((await post(limitBytes + 1)).body, 'body-too-large');
});

/** Writes the request in pieces and reads only when all of it is written, as simple clients do. */
async function writeThenRead(port: number, bodyBytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bodyBytes}\r\n\r\n`);
  for (let sent = 0; sent < bodyBytes; sent += 500)
    await new Promise<void>((resolve, reject) => {
      socket.write(Buffer.alloc(500), (error) => (error ? reject(error) : resolve()));
    });
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

test('a client with a body that is too large can write all of it and gets the reason', async () => {
  const app = echo();
  await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const { port } = app.server.address() as { port: number };
    assert.match(await writeThenRead(port, limitBytes * 5), /400 Bad Request[\s\S]*body-too-large/);
  } finally {
    await app.close();
  }
});

test('a body that exceeds the limits while its key is looked up is refused for the key', async () => {
  const app = fastify();
  const mostBytes = 100_000;
  boundBodies(
    app,
    new HeldBytes({ mostBytes, mostBytesPerAddress: mostBytes, graceMs: 10_000, leastRate: 1, now: () => 0 }),
  );
  takeBodies(app, 1_000_000, async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    throw new Error('key unknown');
  });
  app.setErrorHandler((error, _request, reply) => reply.code(400).send((error as Error).message));
  app.post('/', async () => 'accepted');
  const answer = await app.inject({ method: 'POST', url: '/', payload: Buffer.alloc(200_000) });
  assert.equal(answer.body, 'key unknown');
});
