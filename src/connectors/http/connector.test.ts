import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import type { Outcome } from '#domain/delivery/connector.ts';
import { parseOptions } from '#domain/delivery/connector-kind.ts';
import { aCarrier, type Heard, openLink, type Reply } from '../../../test/support/http-link.ts';
import { until } from '../../../test/support/until.ts';
import { httpKind } from './kind.ts';

const generic = (url: string) => ({ preset: 'generic-json', url: `${url}/send` });

test('a message is one request with its key, and the id of the answer is its reference', async (t) => {
  const carrier = await aCarrier(t, (response) => response.writeHead(200).end('{"id":"m-1"}'));
  const { send } = openLink(t, generic(carrier.url));
  assert.deepEqual(await send(), { kind: 'submitted', references: ['m-1'] });
  assert.equal(carrier.heard.length, 1);
  const [{ headers, body }] = carrier.heard as [Heard];
  assert.equal(headers['idempotency-key'], 'opqrst-7');
  assert.equal(headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(body), {
    to: '33612345678',
    from: 'Chappe',
    text: 'Bonjour',
    id: 'opqrst-7',
    receipt_url: 'https://sms.example/carriers/north/abcdefghijklmnopqrst/receipt',
  });
});

const html = '<html><body>Please log in to the network of the hotel</body></html>';
const outcomes: readonly [string, Reply, Partial<Outcome>, timeoutMs?: string][] = [
  ['a 200 with HTML instead of JSON is in doubt', (r) => r.writeHead(200).end(html), { kind: 'in-doubt' }],
  [
    'a 200 without a message id is in doubt',
    (r) => r.writeHead(200).end('{"ok":true}'),
    { kind: 'in-doubt' },
  ],
  [
    'a 200 that says failure is what its rule says',
    (r) => r.writeHead(200).end('{"id":"x","failure":{"code":"NO"}}'),
    { kind: 'refused', code: 200, reason: 'NO' },
  ],
  [
    'a 400 is refused with the code of the carrier',
    (r) => r.writeHead(400).end('{"code":"E21"}'),
    { kind: 'refused', code: 400, reason: 'E21' },
  ],
  [
    'a 402 goes to another carrier',
    (r) => r.writeHead(402).end(''),
    { kind: 'elsewhere', code: 402, reason: 'HTTP status 402' },
  ],
  [
    'a redirect to a private address is not followed',
    (r) => r.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    { kind: 'try-later', afterMs: 1_000 },
  ],
  ['a 503 is later', (r) => r.writeHead(503).end(), { kind: 'try-later', afterMs: 1_000 }],
  ['a 500 is in doubt', (r) => r.writeHead(500).end('oops'), { kind: 'in-doubt' }],
  [
    'a 429 with Retry-After is later by that time',
    (r) => r.writeHead(429, { 'retry-after': '3' }).end(),
    { kind: 'try-later', afterMs: 3_000 },
  ],
  [
    'a body of 50 MB is cut, and the message is in doubt',
    (r) => {
      r.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1024 * 1024, ' ');
      let left = 50;
      const more = () => {
        while (left > 0 && !r.destroyed) {
          left--;
          if (!r.write(piece)) {
            r.once('drain', more);
            return;
          }
        }
        r.end('{"id":"late"}');
      };
      more();
    },
    { kind: 'in-doubt' },
  ],
  [
    'a connection that breaks after the request is in doubt',
    (r) => r.socket!.destroy(),
    { kind: 'in-doubt' },
  ],
  ['no answer is in doubt', () => {}, { kind: 'in-doubt', reason: 'no whole answer within 500 ms' }, '500'],
  [
    'an answer that never ends is in doubt',
    (r) => {
      r.writeHead(200);
      const timer = setInterval(() => r.write(' '), 50);
      r.on('close', () => clearInterval(timer));
    },
    { kind: 'in-doubt' },
    '500',
  ],
];

for (const [name, reply, outcome, timeout] of outcomes)
  test(name, async (t) => {
    const carrier = await aCarrier(t, reply);
    const { send } = openLink(t, {
      ...generic(carrier.url),
      ...(timeout && { timeout }),
      answers: '/failure -> permanent',
      'error-code': '/failure/code /code',
    });
    assert.partialDeepStrictEqual(await send(), outcome);
    assert.equal(carrier.heard.length, 1, 'the connector never repeats a request');
  });

test('a carrier that cannot be reached has certainly not received the message', async (t) => {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const { send } = openLink(t, generic(`http://127.0.0.1:${port}`));
  const outcome = await send();
  assert.equal(outcome.kind, 'try-later');
  assert.match((outcome as { reason: string }).reason, /ECONNREFUSED/);
});

test('an expired message is not sent', async (t) => {
  const carrier = await aCarrier(t, (response) => response.end('{"id":"m-1"}'));
  const { send, clock } = openLink(t, generic(carrier.url));
  assert.deepEqual(await send({ expiresAtMs: clock.ms }), { kind: 'expired' });
  assert.equal(carrier.heard.length, 0);
});

test('a throttled link has no capacity until the pause ends', async (t) => {
  let isThrottled = true;
  const carrier = await aCarrier(t, (response) =>
    isThrottled ? response.writeHead(429).end() : response.end('{"id":"m-1"}'),
  );
  const { send, connector, clock } = openLink(t, generic(carrier.url));
  assert.equal(connector.capacity(), 10);
  await send();
  assert.equal(connector.capacity(), 0);
  assert.equal(connector.isUp, true);
  clock.ms += 999;
  assert.equal(connector.capacity(), 0);
  clock.ms += 1;
  assert.equal(connector.capacity(), 10);
  assert.partialDeepStrictEqual(await send(), { afterMs: 2_000 });
  isThrottled = false;
  clock.ms += 2_000;
  assert.equal((await send()).kind, 'submitted');
});

test('a link that refuses the credentials is down, then one message at a time tries it', async (t) => {
  let status = 401;
  const carrier = await aCarrier(t, (response) => response.writeHead(status).end('{"id":"m-1"}'));
  const { send, connector, clock } = openLink(t, generic(carrier.url));
  assert.equal((await send()).kind, 'try-later');
  assert.equal(connector.isUp, false);
  assert.equal(connector.capacity(), 0);
  assert.equal((await send()).kind, 'try-later');
  assert.equal(carrier.heard.length, 1, 'nothing is sent while it is down');
  clock.ms += 60_000;
  await until('it is up again', () => connector.isUp);
  assert.equal(connector.capacity(), 1);
  status = 200;
  assert.equal((await send()).kind, 'submitted');
  assert.equal(connector.capacity(), 10);
});

test('three failures take the link down, for longer each time', async (t) => {
  const carrier = await aCarrier(t, (response) => response.writeHead(500).end());
  const { send, connector, clock } = openLink(t, generic(carrier.url));
  for (let i = 0; i < 3; i++) {
    assert.equal(connector.isUp, true);
    assert.equal((await send()).kind, 'in-doubt');
  }
  for (const delayMs of [1_000, 2_000, 4_000]) {
    assert.equal(connector.isUp, false);
    clock.ms += delayMs - 1;
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.equal(connector.isUp, false);
    clock.ms += 1;
    await until('it is up again', () => connector.isUp);
    await send();
  }
  assert.equal(carrier.heard.length, 6);
});

test('requests that fail together are one outage, and do not lengthen its delay', async (t) => {
  const waiting: ServerResponse[] = [];
  const carrier = await aCarrier(t, (response) => waiting.push(response));
  const { send, connector, clock } = openLink(t, { ...generic(carrier.url), timeout: '60000' });
  const sent = Array.from({ length: 10 }, (_, id) => send({ id }));
  await until('all have arrived', () => waiting.length === 10);
  for (const response of waiting) response.writeHead(500).end();
  await Promise.all(sent);
  assert.equal(connector.isUp, false);
  clock.ms += 1_000;
  await until('it is up again', () => connector.isUp);
  const attempt = send();
  await until('it is tried', () => waiting.length === 11);
  waiting[10]!.writeHead(500).end();
  await attempt;
  assert.equal(connector.health().binds[0]!.retryAtMs, clock.ms + 2_000);
});

test('the rate and the requests at the same time are limited, and shared by processes', async (t) => {
  const waiting: ServerResponse[] = [];
  const carrier = await aCarrier(t, (response) => waiting.push(response));
  const { send, connector, clock } = openLink(t, {
    ...generic(carrier.url),
    rate: '40',
    concurrency: '6',
  });
  assert.equal(connector.capacity(), 6);
  const sent = [send(), send(), send(), send()];
  assert.equal(connector.capacity(), 2);
  await until('all have arrived', () => waiting.length === 4);
  for (const response of waiting) response.end('{"id":"m"}');
  await Promise.all(sent);
  // Ten tokens in a quarter of a second; four are used.
  assert.equal(connector.capacity(), 6);
  connector.share!(2);
  assert.equal(connector.capacity(), 3);
  clock.ms += 10_000;
  connector.share!(20);
  assert.equal(connector.capacity(), 1);
});

test('a stop waits for answers, and aborts those that do not come', async (t) => {
  const waiting: ServerResponse[] = [];
  const carrier = await aCarrier(t, (response) => waiting.push(response));
  const { send, connector } = openLink(t, { ...generic(carrier.url), timeout: '60000' });
  const [first, second] = [send(), send()];
  await until('both have arrived', () => waiting.length === 2);
  const stopped = connector.stop(300);
  assert.equal(connector.capacity(), 0);
  waiting[0]!.end('{"id":"m"}');
  assert.equal((await first).kind, 'submitted');
  await stopped;
  assert.equal((await second).kind, 'in-doubt');
});

test('a message waits for a connection in the link: it is not sent after its validity, nor after a stop', async (t) => {
  const waiting: ServerResponse[] = [];
  const carrier = await aCarrier(t, (response) => waiting.push(response));
  const { send, connector, clock } = openLink(t, {
    ...generic(carrier.url),
    concurrency: '2',
    timeout: '60000',
  });
  const first = send();
  await until('the first arrived', () => waiting.length === 1);
  connector.share!(2);
  const second = send({ id: 8, expiresAtMs: clock.ms + 1_000 });
  const third = send({ id: 9 });
  assert.equal(connector.capacity(), 0);
  const fourth = send({ id: 10 });
  clock.ms += 1_000;
  waiting[0]!.end('{"id":"m"}');
  assert.equal((await first).kind, 'submitted');
  assert.deepEqual(await second, { kind: 'expired' });
  await until('the third arrived', () => waiting.length === 2);
  const stopped = connector.stop(60_000);
  assert.deepEqual(await fourth, { kind: 'try-later', afterMs: 1_000, reason: 'the link stops' });
  waiting[1]!.end('{"id":"m"}');
  assert.equal((await third).kind, 'submitted');
  await stopped;
  assert.deepEqual(
    carrier.heard.map(({ body }) => (JSON.parse(body) as { id: string }).id),
    ['opqrst-7', 'opqrst-9'],
  );
});

test('a request that cannot be written is sent later, and several take the link down', async (t) => {
  const carrier = await aCarrier(t, (response) => response.end('{"id":"m-1"}'));
  const { send, connector, logged } = openLink(t, {
    ...generic(carrier.url),
    fields: '{"until":"{{expires.iso}}"}',
  });
  // No instant: the same as any fault in the code that writes requests.
  const faulty = { expiresAtMs: Number.NaN };
  const outcome = { kind: 'try-later', afterMs: 1_000, reason: 'the request could not be written' };
  assert.deepEqual(await send(faulty), outcome);
  assert.equal((await send()).kind, 'submitted', 'others leave');
  for (let i = 0; i < 3; i++) assert.deepEqual(await send(faulty), outcome);
  assert.equal(connector.isUp, false);
  assert.equal(logged.filter((name) => name === 'http_carrier.unwritable').length, 4);
  assert.equal(carrier.heard.length, 1);
});

test('an address that no request can have is refused', () => {
  for (const url of ['http://[::1/send', 'https://c.example:99999/send', 'http://a b/send', 'https://%zz/'])
    assert.match(
      parseOptions(httpKind, { preset: 'generic-json', url }).mistakes.join(),
      /--url .*(must be|cannot)/,
      url,
    );
  for (const flag of ['poll-receipts', 'oauth-url'])
    assert.match(
      parseOptions(httpKind, {
        ...generic('https://c.example'),
        [flag]: 'https://c.example:99999/',
      }).mistakes.join(),
      new RegExp(`--${flag} .*must be`),
    );
});
