// Access to OVH's API: keys, signatures, their rights, and the forms of calls.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import test from 'node:test';
import { type OvhAnswer, ovhClient } from '../support/ovh.ts';
import { openPlatform } from '../support/platform.ts';

type TestPlatform = Awaited<ReturnType<typeof openPlatform>>;
type Account = Awaited<ReturnType<TestPlatform['anAccount']>>;

interface Raw {
  readonly method?: string;
  /** The connection always goes to the platform under test. */
  readonly target: string;
  /** What the client believes to call. */
  readonly url?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
}

interface ErrorBody {
  readonly errorCode: string;
  readonly message: string;
  readonly class: string;
  readonly httpCode: string;
}

/** A signed call as it stands on the wire, with headers of its own; null leaves one out. */
function send(platform: TestPlatform, { ovh }: Account, raw: Raw): Promise<OvhAnswer<ErrorBody>> {
  const { method = 'GET', target, url = `${platform.url}${target}`, body = '', headers = {} } = raw;
  const timestamp = headers['x-ovh-timestamp'] ?? String(Math.floor(platform.clock.now() / 1000));
  const signed = [ovh.applicationSecret, ovh.consumerKey, method, url, body, timestamp].join('+');
  const all = {
    'x-ovh-application': ovh.applicationKey,
    'x-ovh-consumer': ovh.consumerKey,
    'x-ovh-timestamp': timestamp,
    'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
    ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(all).filter((entry) => entry[1] !== null)) as Record<
    string,
    string
  >;
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, method, path: target, headers: kept, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body: text === '' ? (null as never) : JSON.parse(text),
            headers: new Headers(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
          }),
        );
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

test('the keys of an account list its own service, and that of its sub-accounts', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const child = await platform.anAccount({ parent: account });
  const now = () => platform.clock.now();
  const client = ovhClient(platform.url, account.ovh, now);
  assert.deepEqual(await client.ok('GET', '/sms'), [account.serviceName, child.serviceName]);
  assert.deepEqual(await ovhClient(platform.url, child.ovh, now).ok('GET', '/sms/'), [child.serviceName]);
});

test('the clock needs no key and is a plain number', async () => {
  await using platform = await openPlatform();
  const response = await fetch(`${platform.url}/1.0/auth/time`);
  assert.equal(await response.text(), String(Math.floor(platform.clock.now() / 1000)));
});

test('a call is accepted under either version, with additional slashes, and with the absolute address as a proxy sends it', async () => {
  await using platform = await openPlatform({ config: { publicUrl: 'https://sms.example' } });
  const account = await platform.anAccount();
  const forms: Raw[] = [
    { target: '/1.0/sms' },
    { target: '/v1/sms' },
    { target: '/1.0/sms/' },
    { target: '/1.0//sms' },
    { target: '/1.0/sms?' },
    { target: '/1.0/sms?x=%20+%2B&x' },
    { target: '/1.0/sms', url: 'https://127.0.0.1/1.0/sms' },
    { target: '/1.0/sms', url: 'https://sms.example/1.0/sms' },
    {
      target: '/1.0/sms',
      url: 'https://eu.api.ovh.com/1.0/sms',
      headers: { host: 'eu.api.ovh.com' },
    },
    {
      target: 'http://eu.api.ovh.com/1.0/sms',
      url: 'http://eu.api.ovh.com/1.0/sms',
      headers: { host: 'eu.api.ovh.com' },
    },
  ];
  for (const raw of forms) {
    const { status, body } = await send(platform, account, raw);
    assert.deepEqual([status, body], [200, [account.serviceName]], JSON.stringify(raw));
  }
});

test('a refused call names its first fault in this order: application, key, time, signature, rules', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const wrong = {
    'x-ovh-application': 'nobody',
    'x-ovh-consumer': 'nobody',
    'x-ovh-timestamp': '1366560945',
    'x-ovh-signature': '$1$0',
  };
  const { 'x-ovh-application': _1, ...known } = wrong;
  const { 'x-ovh-consumer': _2, ...held } = known;
  const { 'x-ovh-timestamp': _3, ...timely } = held;
  const steps: readonly [
    headers: Record<string, string | null>,
    status: number,
    code: string,
    message: string,
  ][] = [
    [wrong, 403, 'INVALID_KEY', 'This application key is invalid'],
    [{ ...wrong, 'x-ovh-application': null }, 403, 'INVALID_KEY', 'This application key is invalid'],
    [known, 403, 'NOT_CREDENTIAL', 'This credential does not exist'],
    [{ ...known, 'x-ovh-consumer': null }, 403, 'NOT_CREDENTIAL', 'This credential does not exist'],
    [held, 400, 'QUERY_TIME_OUT', 'Query out of time'],
    [{ ...held, 'x-ovh-timestamp': 'now' }, 400, 'QUERY_TIME_OUT', 'Query out of time'],
    [timely, 400, 'INVALID_SIGNATURE', 'Invalid signature'],
    [{ ...timely, 'x-ovh-signature': null }, 400, 'INVALID_SIGNATURE', 'Invalid signature'],
  ];
  for (const [headers, status, errorCode, message] of steps) {
    const { body, headers: answered } = await send(platform, account, { target: '/1.0/sms', headers });
    const kind = status === 400 ? 'Client::BadRequest' : 'Client::Forbidden';
    const httpCode = status === 400 ? '400 Bad Request' : '403 Forbidden';
    assert.deepEqual(body, { message, class: kind, httpCode, errorCode }, JSON.stringify(headers));
    assert.match(answered.get('x-ovh-queryid')!, /^EU\.ext-/);
  }
});

test('the key of one application does not open with another, and a clock may be five minutes off', async () => {
  await using platform = await openPlatform();
  const [one, other] = [await platform.anAccount(), await platform.anAccount()];
  const mixed = { ...one, ovh: { ...one.ovh, consumerKey: other.ovh.consumerKey } };
  assert.equal((await send(platform, mixed, { target: '/1.0/sms' })).body.errorCode, 'NOT_CREDENTIAL');
  const at = (offset: number) => ({
    'x-ovh-timestamp': String(Math.floor(platform.clock.now() / 1000) + offset),
  });
  for (const offset of [-290, 290])
    assert.equal((await send(platform, one, { target: '/1.0/sms', headers: at(offset) })).status, 200);
  for (const offset of [-310, 310])
    assert.equal(
      (await send(platform, one, { target: '/1.0/sms', headers: at(offset) })).body.errorCode,
      'QUERY_TIME_OUT',
    );
});

test('the operator sets the tolerance of clocks', async () => {
  await using platform = await openPlatform({ config: { ovhClockWindow: 3_600 } });
  const account = await platform.anAccount();
  const at = (offset: number) => ({
    'x-ovh-timestamp': String(Math.floor(platform.clock.now() / 1000) + offset),
  });
  assert.equal((await send(platform, account, { target: '/1.0/sms', headers: at(-3_500) })).status, 200);
  assert.equal((await send(platform, account, { target: '/1.0/sms', headers: at(-3_700) })).status, 400);
});

test('a blocked account is refused with its reason', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await platform.query(`update accounts set status = 'blocked' where id = $1`, [account.id]);
  const { status, body } = await send(platform, account, { target: '/1.0/sms' });
  assert.deepEqual([status, body.message], [403, 'This account is disabled']);
});

test('bodies are JSON under any content type, raw or escaped, and are signed as received', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const [id] = await ovhClient(platform.url, account.ovh, () => platform.clock.now()).ok<number[]>(
    'GET',
    '/me/api/credential',
  );
  const target = `/1.0/me/api/credential/${id}`;
  const types = [
    'application/json',
    'application/json;charset=utf-8',
    'application/json charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    null,
  ];
  for (const type of types)
    for (const body of [
      '{"allowedIPs":null,"note":"déjà"}',
      '{"allowedIPs": null, "note": "d\\u00e9j\\u00e0"}',
      '',
    ]) {
      const answer = await send(platform, account, {
        method: 'PUT',
        target,
        body,
        headers: { 'content-type': type },
      });
      assert.deepEqual([answer.status, answer.body], [200, null], `${type}: ${body}`);
    }
  const broken = await send(platform, account, { method: 'PUT', target, body: '{"allowedIPs":' });
  assert.deepEqual([broken.status, broken.body.message], [400, 'Invalid JSON received']);
});

test('an unknown path is 404, an unknown method of a path is 405', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const cases: readonly [method: string, target: string, status: number][] = [
    ['GET', '/1.0/domain', 404],
    ['GET', '/1.0/', 404],
    ['GET', '/v1/sms/a//b', 404],
    ['DELETE', '/1.0/sms', 405],
    ['PATCH', '/1.0/sms', 405],
  ];
  for (const [method, target, status] of cases) {
    const answer = await send(platform, account, { method, target });
    assert.equal(answer.status, status, `${method} ${target}`);
    assert.deepEqual(Object.keys(answer.body).toSorted(), ['class', 'errorCode', 'httpCode', 'message']);
    if (status === 405) assert.equal(answer.headers.get('allow'), 'GET');
  }
});

test('OPTIONS names the methods of a path, HEAD answers as GET without a body', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const options = await send(platform, account, { method: 'OPTIONS', target: '/1.0/me/api/credential/1' });
  assert.deepEqual([options.status, options.headers.get('allow')], [204, 'DELETE, GET, PUT']);
  const head = await send(platform, account, { method: 'HEAD', target: '/1.0/sms' });
  assert.deepEqual([head.status, head.body], [200, null]);
  assert.ok(Number(head.headers.get('content-length')) > 2);
  assert.equal((await fetch(`${platform.url}/1.0/auth/time`, { method: 'HEAD' })).status, 200);
});

test('several ids in one segment are answered together, each with its result or its error', async () => {
  await using platform = await openPlatform();
  const [account, other] = [await platform.anAccount(), await platform.anAccount()];
  const idOf = async ({ ovh }: Account) =>
    (
      await ovhClient(platform.url, ovh, () => platform.clock.now()).ok<number[]>('GET', '/me/api/credential')
    )[0]!;
  const [mine, theirs] = [await idOf(account), await idOf(other)];
  const target = `/1.0/me/api/credential/${mine},${theirs},x`;
  const answer = await send(platform, account, { target, headers: { 'x-ovh-batch': ',' } });
  const items = answer.body as unknown as {
    key: string;
    value: { credentialId: number } | null;
    error: ErrorBody | null;
  }[];
  assert.equal(answer.status, 200);
  assert.deepEqual(
    items.map(({ key, value, error }) => [key, value?.credentialId, error?.httpCode]),
    [
      [String(mine), mine, undefined],
      [String(theirs), undefined, '404 Not Found'],
      ['x', undefined, '400 Bad Request'],
    ],
  );
  assert.equal((await send(platform, account, { target })).status, 400);
});

test('a list is answered in pages of objects if the caller requests it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  for (let n = 0; n < 4; n++) await platform.anAccount({ parent: account });
  const names = (await send(platform, account, { target: '/1.0/sms' })).body as unknown as string[];
  const pages = { 'x-pagination-mode': 'CachedObjectList-Pages', 'x-pagination-size': '2' };
  const seen: unknown[] = [];
  for (const number of ['1', '2', '3', '4']) {
    const { status, body, headers } = await send(platform, account, {
      target: '/1.0/sms',
      headers: { ...pages, 'x-pagination-number': number },
    });
    assert.equal(status, 200);
    assert.deepEqual(
      ['elements', 'number', 'size', 'total'].map((name) => headers.get(`x-pagination-${name}`)),
      ['5', number, '2', '3'],
    );
    seen.push(...(body as unknown as { name: string }[]).map(({ name }) => name));
  }
  assert.deepEqual(seen, names);
  const filtered = await send(platform, account, {
    target: '/1.0/sms',
    headers: { ...pages, 'x-pagination-filter': 'name:eq=a' },
  });
  assert.equal(filtered.status, 501);
});

test('a key that may list but not read is not shown the objects of a list', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await platform.query(
    `update consumer_keys set rules = '[{"method":"GET","path":"/sms"}]' where account_id = $1`,
    [account.id],
  );
  const headers = { 'x-pagination-mode': 'CachedObjectList-Pages' };
  const answer = await send(platform, account, { target: '/1.0/sms', headers });
  assert.deepEqual([answer.status, answer.body.errorCode], [403, 'NOT_GRANTED_CALL']);
});

test('a change by a key is recorded once, with the account, the key and the address of the client', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount({ creditMicros: 1_000_000n });
  const child = await platform.anAccount({ creditMicros: 0n, parent });
  const client = ovhClient(platform.url, parent.ovh, () => platform.clock.now());
  const user = { login: 'desk', password: 'Secret12' };
  await client.ok('POST', `/sms/${child.serviceName}/users`, user);
  assert.equal((await client.call('POST', `/sms/${child.serviceName}/users`, user)).status, 409);
  await client.ok('POST', `/sms/${parent.serviceName}/senders`, { sender: 'Shop', reason: 'our shop' });
  const transfer = { smsAccountTarget: child.serviceName, credits: 1 };
  await client.ok('POST', `/sms/${parent.serviceName}/transferCredits`, transfer);
  const unaffordable = { ...transfer, credits: 1_000 };
  const refused = await client.call('POST', `/sms/${parent.serviceName}/transferCredits`, unaffordable);
  assert.equal(refused.status, 403);
  const by = { actor: `key:ovh:${parent.ovh.applicationKey}`, address: '127.0.0.1' };
  assert.deepEqual(
    await platform.query(
      `select account_id as "accountId", action, target, actor, address from audit_entries
       where actor like 'key:%' order by id`,
    ),
    [
      { accountId: child.id, action: 'user.created', target: 'desk', ...by },
      { accountId: parent.id, action: 'sender.requested', target: 'Shop', ...by },
      { accountId: parent.id, action: 'credit.moved', target: child.serviceName, ...by },
    ],
  );
});
