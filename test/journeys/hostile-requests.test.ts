// Limits of the HTTP listeners against hostile clients: memory, connections, internal errors, guesses of passwords. An honest
// client is served at the same time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { legacyErrorMeanings } from '../../src/dialects/octopush/legacy/errors.ts';
import { field, mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { exchange, octets, openSocket } from '../support/raw-http.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

const megabyte = 1024 * 1024;

/** Announces more than it sends. */
async function unfinished(
  platform: TestPlatform,
  path: string,
  bytes: number,
  headers: readonly string[] = [],
) {
  const socket = await openSocket(platform.url);
  const heard = { text: '' };
  socket.on('data', (chunk: Buffer) => {
    heard.text += chunk.toString();
  });
  const lines = [`POST ${path} HTTP/1.1`, 'host: a', `content-length: ${bytes + 1}`, ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes, 'a'));
  return { socket, heard };
}

const cut = (sockets: readonly { readonly socket: Socket }[]) => {
  for (const { socket } of sockets) socket.destroy();
};

test('unfinished bodies beyond the bound are refused, the oldest first, and an honest client is served', async () => {
  await using platform = await openPlatform({ config: { heldMegabytes: 16 } });
  const account = await platform.anAccount({ callbackPath: null });
  const hostile: Awaited<ReturnType<typeof unfinished>>[] = [];
  // A quarter of 16 MB is what one address may hold: each of them takes 3.
  for (let i = 0; i < 8; i++) {
    hostile.push(await unfinished(platform, '/api/sms', 3 * megabyte));
    assert.ok((await sendRest(platform.url, account, { to: [mobile(i)] })).isAccepted);
  }
  // The last one is refused as well after 10 s without a byte, which a busy machine may take.
  await until('all but the last are refused', () =>
    hostile.slice(0, -1).every(({ heard }) => heard.text.includes('<error_code>')),
  );
  assert.ok(
    (await sendLegacy(platform.url, account, { to: [mobile(90)], text: 'Hello'.repeat(20) })).isAccepted,
  );
  cut(hostile);
});

test('a large body without a known key is not kept, in the dialects that have keys in headers', async () => {
  await using platform = await openPlatform({ config: { heldMegabytes: 16 } });
  const account = await platform.anAccount({ callbackPath: null });
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['/v1/public/sms-campaign/send', [], /"code":\d+/],
    ['/v1/public/sms-campaign/send', [`api-login: ${account.login}`, 'api-key: wrong'], /"code":\d+/],
    [`/1.0/sms/${account.serviceName}/jobs`, ['x-ovh-application: nobody'], /"errorCode":"INVALID_KEY"/],
  ];
  for (const [path, headers, expected] of cases) {
    // More than an address may hold, and no bound is met.
    const { socket, heard } = await unfinished(platform, path, 4.5 * megabyte, headers);
    socket.write('a');
    await until('it is answered', () => expected.test(heard.text), { tell: () => heard.text });
    assert.match(heard.text, /^HTTP\/1\.1 4\d\d /);
    assert.doesNotMatch(heard.text, /same time/);
    socket.destroy();
  }
});

test('connections above the limit of an address are closed, and closed ones are no longer counted', async () => {
  await using platform = await openPlatform({ config: { connectionsPerAddress: 10 } });
  const account = await platform.anAccount({ callbackPath: null });
  const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(platform.url)));
  await until('twenty are cut', () => sockets.filter((socket) => socket.destroyed).length >= 20, {
    tell: () => sockets.filter((socket) => socket.destroyed).length,
  });
  for (const socket of sockets) socket.destroy();
  await until('room is given back', async () => {
    const answer = await sendRest(platform.url, account, { to: [mobile(1)], requestId: 'one' }).catch(
      () => null,
    );
    return answer !== null;
  });
});

test('wrong passwords from one address are no longer looked at, one that was right before is', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const call = async (password: string, login = account.user.login) => {
    const query = new URLSearchParams({
      account: account.serviceName,
      login,
      password,
      from: 'Chappe',
      to: `+${mobile(1)}`,
      message: 'Hello',
      noStop: '1',
    });
    const answer = await fetch(`${platform.url}/cgi-bin/sms/http2sms.cgi?${query}`);
    return answer.text();
  };
  assert.match(await call(account.user.password), /^OK/);
  for (let i = 0; i < 60; i++)
    assert.match(await call(`guess ${i}`, `login${i % 7}`), /^KO\nInvalid parameter/);
  assert.match(await call('one more', 'login8'), /Too many wrong ones/);
  assert.match(await call(account.user.password), /^OK/);
  platform.clock.advance(16 * 60_000);
  assert.match(await call('later', 'login8'), /Check them/);
});

test('ids and names that no row can have are answered as unknown, never as a breakdown', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const sms = `/sms/${account.serviceName}`;
  for (const path of [
    '/orders/%00',
    '/orders/x',
    '/orders/%ff',
    '/documents/1-x/%00',
    '/documents/99999-00000000-0000-0000-0000-000000000000/a',
    '/auth/?credentialToken=%00',
    '/api/createToken/?GET=%00',
    '/%00',
  ]) {
    const answer = await fetch(platform.url + path);
    const body = await answer.text();
    assert.ok(answer.status < 500, `${path}: ${answer.status}`);
    assert.doesNotMatch(body, /invalid byte|sequence for|relation "|syntax error|\.s\.PGSQL/i, path);
  }
  assert.equal((await fetch(`${platform.url}/api/createToken/`)).status, 200);
  for (const path of ['subaccount/%00', 'subaccount/%00x', 'subaccount/none'])
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const headers = { 'api-login': account.login, 'api-key': account.apiKey };
      const answer = await fetch(`${platform.url}/v1/public/${path}`, { method, headers });
      assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path}: ${answer.status}`);
    }
  for (const [method, path] of [
    ['POST', `${sms}/receivers/32768/clean`],
    ['GET', `${sms}/receivers/99999999999`],
    ['GET', `${sms}/outgoing/9007199254740991`],
    ['DELETE', `${sms}/jobs/9007199254740991`],
    ['GET', `${sms}/senders/%00`],
    ['GET', `${sms}/users/%00`],
    ['GET', `${sms}/phonebooks/%00`],
    ['GET', '/me/order/9007199254740991'],
  ] as const) {
    const answer = await client.call(method, path, method === 'POST' ? { freemium: false } : undefined);
    assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path}: ${answer.status}`);
  }
  assert.deepEqual(
    platform.logLines.filter((line) => /"level":(?:50|60)/.test(line)),
    [],
  );
});

test('amounts in notations of programs, or above all credit, are refused with their cause', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const path = `/sms/${account.serviceName}/transferCredits`;
  const other = await platform.anAccount({ parent: account, callbackPath: null });
  const before = await platform.credit(account);
  for (const [credits, status, words] of [
    ['0x10', 400, /credits/],
    ['1_000', 400, /credits/],
    ['Infinity', 400, /credits/],
    [1e15, 403, /credits/i],
    ['1e15', 403, /credits/i],
    [0, 400, /greater than 0/],
    [-1, 400, /greater than 0/],
  ] as const) {
    const answer = await client.call<{ message: string }>('POST', path, {
      smsAccountTarget: other.serviceName,
      credits,
    });
    assert.equal(answer.status, status, `${credits}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.message, words);
  }
  assert.deepEqual(await platform.credit(account), before);
});

const paths = [
  '/v1/public/sms-campaign/send',
  '/1.0/sms',
  '/api/sms',
  '/api/sms/json',
  '/cgi-bin/sms/http2sms.cgi',
  '/createToken/',
  '/api/createToken/',
  '/orders/a',
  '/documents/a/b',
  '/healthz',
  '/',
];

/** Whole requests with something wrong at any place, and noise. */
function hostileRequest(account: TestAccount) {
  const seed = (path: string) =>
    octets(
      [
        `POST ${path}?user_login=${account.login}&sms_text=\xe9 HTTP/1.1`,
        'Host: 127.0.0.1',
        `api-login: ${account.login}`,
        `api-key: ${account.apiKey}`,
        'Content-Type: application/json',
        'Content-Length: 12',
        '',
        '{"text":"a"}',
      ].join('\r\n'),
    );
  const noise = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
  const change = fc.record({ at: fc.nat(400), remove: fc.nat(6), insert: noise });
  return fc
    .record({ path: fc.constantFrom(...paths), changes: fc.array(change, { maxLength: 3 }) })
    .map(({ path, changes }) => {
      let bytes = seed(path);
      for (const { at, remove, insert } of changes) {
        const from = at % bytes.length;
        bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
      }
      return { path, bytes };
    });
}

test('no sequence of bytes is answered with a breakdown or an unlisted code, or ends a handler', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  await fc.assert(
    fc.asyncProperty(hostileRequest(account), async ({ path, bytes }) => {
      const socket = await openSocket(platform.url);
      // What is cut short ends; else its server would wait for the rest.
      setTimeout(() => socket.end(), 60);
      const { status, body } = await exchange(socket, bytes);
      assert.ok(status < 500, `${path}: ${status} ${body}`);
      const code = field(body, 'error_code');
      assert.ok(code === '' || code in legacyErrorMeanings || code === '000', `${path}: ${code}`);
      assert.doesNotMatch(body, /at .*\.ts:|node:|HPE_/);
    }),
    { numRuns: sized(300, 5_000) },
  );
  assert.deepEqual(
    platform.logLines.filter((line) => /"level":(?:50|60)/.test(line)),
    [],
  );
  const answer = await sendRest(platform.url, account, { to: [mobile(1)] });
  assert.ok(answer.isAccepted);
});

test('a connection that fails while its mended request waits does no harm', async () => {
  await using platform = await openPlatform();
  for (let i = 0; i < 20; i++) {
    const socket = await openSocket(platform.url);
    socket.write(octets('GET /api/sms?sms_text=\xe9 HTTP/1.1\r\nhost: a\r\n\r\n'));
    if (i % 2 === 0) socket.resetAndDestroy();
    else {
      await once(socket, 'data');
      socket.destroy();
    }
  }
  assert.equal((await fetch(`${platform.url}/healthz`)).status, 200);
});
