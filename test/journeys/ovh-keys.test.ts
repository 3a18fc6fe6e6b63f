// Keys of OVH's dialect: requested by an application, decided on a page, used, restricted, ended.
import assert from 'node:assert/strict';
import test from 'node:test';
import { signInMember, signInOperator } from '../support/console.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertAnswer } from '../support/ovh-contract.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

type TestPlatform = Awaited<ReturnType<typeof openPlatform>>;
type Account = Awaited<ReturnType<TestPlatform['anAccount']>>;

interface Credential {
  readonly consumerKey: string;
  readonly state: string;
  readonly validationUrl: string;
}

async function ask(platform: TestPlatform, { ovh }: Account, body: object): Promise<Credential> {
  const response = await fetch(`${platform.url}/1.0/auth/credential`, {
    method: 'POST',
    headers: { 'x-ovh-application': ovh.applicationKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Credential;
  assert.equal(response.status, 200, JSON.stringify(answer));
  assertAnswer('POST /auth/credential', answer);
  return answer;
}

function fill(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
}

const tokenOf = ({ validationUrl }: Credential) =>
  new URL(validationUrl).searchParams.get('credentialToken')!;

async function decide(platform: TestPlatform, asked: Credential, { login, apiKey }: Account, more = {}) {
  return fill(`${platform.url}/auth/`, {
    credentialToken: tokenOf(asked),
    email: login,
    apiKey,
    lifetime: '1d',
    decision: 'accept',
    ...more,
  });
}

const clientOf = (platform: TestPlatform, { ovh }: Account, consumerKey: string) =>
  ovhClient(platform.url, { ...ovh, consumerKey }, () => platform.clock.now());

const readSms = { accessRules: [{ method: 'GET', path: '/sms' }] };

test("a key opens nothing until a person has validated it, then that person's account by its rules, until it expires", async () => {
  await using platform = await openPlatform();
  const developer = await platform.anAccount();
  const customer = await platform.anAccount();
  const asked = await ask(platform, developer, {
    ...readSms,
    redirection: 'https://shop.example/done?x=1',
    allowedIPs: null,
  });
  assert.equal(asked.state, 'pendingValidation');
  assert.match(asked.validationUrl, /^http:\/\/127\.0\.0\.1:\d+\/auth\/\?credentialToken=\w{64}$/);
  const client = clientOf(platform, developer, asked.consumerKey);
  const early = await client.call<{ errorCode: string }>('GET', '/sms');
  assert.deepEqual([early.status, early.body.errorCode], [403, 'INVALID_CREDENTIAL']);

  const page = await (await fetch(asked.validationUrl)).text();
  assert.match(page, /chappe asks for access to your account/);
  assert.match(page, /List the service names/);
  assert.match(page, /https:\/\/shop\.example/);

  const decided = await decide(platform, asked, customer);
  assert.equal(decided.status, 303);
  assert.equal(decided.headers.get('location'), 'https://shop.example/done?x=1');
  assert.deepEqual(await client.ok('GET', '/sms'), [customer.serviceName]);
  assert.deepEqual(
    await platform.query('select actor, action, account_id as "accountId" from audit_entries'),
    [{ actor: `key:octopush:${customer.login}`, action: 'key.validated', accountId: customer.id }],
  );
  const other = await client.call<{ errorCode: string }>('GET', `/sms/${customer.serviceName}/jobs`);
  assert.deepEqual([other.status, other.body.errorCode], [403, 'NOT_GRANTED_CALL']);

  const credential = await client.ok<Record<string, unknown>>('GET', '/auth/currentCredential');
  assertAnswer('GET /auth/currentCredential', credential);
  assert.equal(credential['status'], 'validated');
  assert.match(credential['expiration'] as string, /^2026-11-19T10:0\d:\d\d\+01:00$/);
  assert.deepEqual(credential['rules'], readSms.accessRules);

  platform.clock.advance(24 * 3_600_000);
  const late = await client.call<{ errorCode: string }>('GET', '/sms');
  assert.deepEqual([late.status, late.body.errorCode], [403, 'INVALID_CREDENTIAL']);
});

test('a refused key never opens anything, and a request is decided once', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const asked = await ask(platform, account, readSms);
  const refused = await fill(`${platform.url}/auth/`, {
    credentialToken: tokenOf(asked),
    decision: 'refuse',
  });
  assert.equal(refused.status, 200);
  assert.match(await refused.text(), /Access is refused/);
  assert.equal((await decide(platform, asked, account)).status, 404);
  assert.equal((await fetch(asked.validationUrl)).status, 404);
  const client = clientOf(platform, account, asked.consumerKey);
  const call = await client.call<{ errorCode: string }>('GET', '/sms');
  assert.deepEqual([call.status, call.body.errorCode], [403, 'INVALID_CREDENTIAL']);
});

test('every redirection address is written as a browser writes it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const redirection = ' https://shop.example/d\u00e9j\u00e0?\u20ac\r\nset-cookie: a=b';
  const asked = await ask(platform, account, { ...readSms, redirection });
  const decided = await decide(platform, asked, account);
  assert.equal(
    decided.headers.get('location'),
    'https://shop.example/d%C3%A9j%C3%A0?%E2%82%ACset-cookie:%20a=b',
  );
  assert.equal(decided.headers.get('set-cookie'), null);
});

test('a request for a key without a decision expires after a day', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const asked = await ask(platform, account, readSms);
  platform.clock.advance(24 * 3_600_000 + 1);
  assert.equal((await decide(platform, asked, account)).status, 404);
});

test('an application with many open requests for keys is refused until they expire after a day', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await platform.query(
    `insert into consumer_keys (application_id, key_sha256, rules, status, created_at)
     select a.id, sha256(n::text::bytea), '[]', 'pending', to_timestamp($2::float8 / 1000)
     from applications a, generate_series(1, 1000) as n where a.account_id = $1`,
    [account.id, platform.clock.now()],
  );
  const headers = { 'x-ovh-application': account.ovh.applicationKey };
  const again = await fetch(`${platform.url}/1.0/auth/credential`, {
    method: 'POST',
    headers,
    body: JSON.stringify(readSms),
  });
  assert.equal(again.status, 429);
  platform.clock.advance(24 * 3_600_000 + 1);
  await ask(platform, account, readSms);
  const [left] = await platform.query<{ n: number }>(
    `select count(*) as n from consumer_keys where status = 'pending'`,
  );
  assert.equal(left!.n, 1);
});

test('a wrong key is refused at sign-in, and after twenty attempts a right one is refused for some time', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const asked = await ask(platform, account, readSms);
  for (let attempt = 0; attempt < 20; attempt++) {
    const wrong = await decide(platform, asked, account, { apiKey: `guess ${attempt}` });
    assert.equal(wrong.status, 403);
    const page = await wrong.text();
    assert.match(page, /No account has this e-mail and API key/);
    assert.ok(!page.includes('guess'), 'the key does not travel back');
    assert.ok(page.includes(account.login), 'the e-mail does');
  }
  assert.equal((await decide(platform, asked, account)).status, 429);
  platform.clock.advance(15 * 60_000 + 1);
  assert.equal((await decide(platform, asked, account)).status, 200);
});

test('guesses that come at once are not more than those that come one by one', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const asked = await ask(platform, account, readSms);
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => decide(platform, asked, account, { apiKey: 'guess' })),
  );
  assert.equal(answers.filter(({ status }) => status === 403).length, 20);
  assert.equal(answers.filter(({ status }) => status === 429).length, 20);
});

const badRequests: readonly [what: string, body: object, field: string][] = [
  ['no rules', { accessRules: [] }, 'accessRules'],
  ['no rules at all', {}, 'accessRules'],
  ['a rule without a path', { accessRules: [{ method: 'GET' }] }, 'accessRules'],
  ['a path of another site', { accessRules: [{ method: 'GET', path: 'https://x/' }] }, 'accessRules'],
  ['a method that is none', { accessRules: [{ method: 'HEAD', path: '/sms' }] }, 'accessRules'],
  ['an address that is none', { ...readSms, allowedIPs: ['home'] }, 'allowedIPs'],
  ['a script to go on with', { ...readSms, redirection: 'javascript:alert(1)' }, 'redirection'],
  ['a file to go on with', { ...readSms, redirection: 'file:///etc/passwd' }, 'redirection'],
];

test('an invalid request for a key is refused, with the name of the field', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  for (const [what, body, field] of badRequests) {
    const response = await fetch(`${platform.url}/1.0/auth/credential`, {
      method: 'POST',
      headers: { 'x-ovh-application': account.ovh.applicationKey },
      body: JSON.stringify(body),
    });
    const { message } = (await response.json()) as { message: string };
    assert.equal(response.status, 400, what);
    assert.ok(message.startsWith(`[${field}`), `${what}: ${message}`);
  }
  const stranger = await fetch(`${platform.url}/1.0/auth/credential`, {
    method: 'POST',
    headers: { 'x-ovh-application': 'nobody' },
    body: JSON.stringify(readSms),
  });
  assert.equal(stranger.status, 403);
  assert.equal(((await stranger.json()) as { errorCode: string }).errorCode, 'INVALID_KEY');
});

/** The keys on the page that shows them once. */
async function keysOn(response: Response): Promise<string[]> {
  const page = await response.text();
  assert.equal(response.status, 200, page);
  return [...page.matchAll(/<dd><code>(\w+)<\/code>/g)].map(([, key]) => key!);
}

test('an application created on the page signs calls of customers who validate a key for it', async () => {
  await using platform = await openPlatform();
  const developer = await platform.anAccount();
  const form = { email: developer.login, apiKey: developer.apiKey, name: 'My <shop>', description: '' };
  const made = await fill(`${platform.url}/createApp/`, form);
  const page = made.clone();
  const [applicationKey, applicationSecret] = await keysOn(made);
  assert.ok((await page.text()).includes('My &lt;shop&gt;'));
  assert.deepEqual([applicationKey!.length, applicationSecret!.length], [16, 32]);
  const customer = await platform.anAccount();
  const keys = { applicationKey: applicationKey!, applicationSecret: applicationSecret!, consumerKey: '' };
  const asked = await ask(platform, { ...developer, ovh: keys }, readSms);
  await decide(platform, asked, customer);
  const client = clientOf(platform, { ...developer, ovh: keys }, asked.consumerKey);
  assert.deepEqual(await client.ok('GET', '/sms'), [customer.serviceName]);
});

test('a link of a guide fills in the rights, and the created token has exactly these rights', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  for (const address of [
    '/createToken/',
    '/createToken',
    '/createToken/index.cgi',
    '/auth/api/createToken',
  ]) {
    const guide = await fetch(
      `${platform.url}${address}?GET=/sms&GET=/sms/*&POST=/sms/*/jobs&name=Shop&x=%22%3E`,
    );
    const page = await guide.text();
    assert.match(page, />GET \/sms\nGET \/sms\/\*\nPOST \/sms\/\*\/jobs</);
    assert.match(page, /value="Shop"/);
  }
  const made = await fill(`${platform.url}/createToken/`, {
    email: account.login,
    apiKey: account.apiKey,
    name: 'Shop',
    lifetime: 'unlimited',
    rights: 'GET /sms\r\npost /sms/*/jobs\r\n',
    addresses: '127.0.0.1, ::1',
  });
  const [applicationKey, applicationSecret, consumerKey] = await keysOn(made);
  const keys = {
    applicationKey: applicationKey!,
    applicationSecret: applicationSecret!,
    consumerKey: consumerKey!,
  };
  const client = ovhClient(platform.url, keys, () => platform.clock.now());
  assert.deepEqual(await client.ok('GET', '/sms'), [account.serviceName]);
  assert.equal((await client.call('GET', '/sms/virtualNumbers')).status, 403);
});

const badForms: readonly [what: string, fields: Record<string, string>, words: RegExp][] = [
  ['no name', { name: ' ' }, /Give the application a name/],
  ['no rights', { rights: '\n' }, /Write at least one right/],
  ['a right that is none', { rights: 'GET sms' }, /is not a right/],
  ['a method that is none', { rights: 'HEAD /sms' }, /is not a right/],
  ['an address that is none', { addresses: '10.0.0.0/40' }, /is not an IP address/],
  ['a lifetime that is none', { lifetime: 'long' }, /Choose one of the lifetimes/],
  ['markup', { rights: '<script>alert(1)</script>' }, /&lt;script&gt;/],
];

test('a form with an error is shown again with its values and the reason', async () => {
  await using platform = await openPlatform();
  const { login, apiKey } = await platform.anAccount();
  const right = { email: login, apiKey, name: 'Shop', lifetime: '1d', rights: 'GET /sms', addresses: '' };
  for (const [what, fields, words] of badForms) {
    const response = await fill(`${platform.url}/createToken/`, { ...right, ...fields });
    const page = await response.text();
    assert.equal(response.status, 400, what);
    assert.match(page, words, what);
    assert.ok(!page.includes('<script'), what);
    assert.ok(page.includes(login) && !page.includes(apiKey), what);
  }
});

test('the pages load nothing, allow no frame, and accept no form of another site', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const asked = await ask(platform, account, { ...readSms, redirection: 'https://shop.example/' });
  for (const url of [`${platform.url}/createApp/`, `${platform.url}/createToken/`, asked.validationUrl]) {
    const { headers } = await fetch(url);
    const policy = headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'/);
    assert.match(policy, /frame-ancestors 'none'; base-uri 'none'/);
    assert.equal(policy.includes('https://shop.example'), url === asked.validationUrl);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  }
  const { login, apiKey } = account;
  const form = { email: login, apiKey, name: 'Shop', description: '' };
  const from = async (headers: Record<string, string>) =>
    (await fill(`${platform.url}/createApp/`, form, headers)).status;
  assert.equal(await from({ origin: 'https://evil.example' }), 403);
  assert.equal(await from({ origin: 'null' }), 403);
  assert.equal(await from({ origin: platform.url }), 200);
});

test('a customer sees, restricts and deletes only keys of the same customer', async () => {
  await using platform = await openPlatform();
  const mine = await platform.anAccount();
  const theirs = await platform.anAccount();
  const asked = await ask(platform, theirs, readSms);
  await decide(platform, asked, mine);
  const me = clientOf(platform, mine, mine.ovh.consumerKey);
  const they = clientOf(platform, theirs, theirs.ovh.consumerKey);
  const granted = clientOf(platform, theirs, asked.consumerKey);

  const [own, given] = await me.ok<number[]>('GET', '/me/api/credential');
  const credential = await me.ok<{ applicationId: number }>('GET', `/me/api/credential/${given}`);
  assertAnswer('GET /me/api/credential/{credentialId}', credential);
  const application = await me.ok('GET', `/me/api/credential/${given}/application`);
  assertAnswer('GET /me/api/application/{applicationId}', application);
  assert.deepEqual(await me.ok('GET', `/me/api/credential?applicationId=${credential.applicationId}`), [
    given,
  ]);
  assert.deepEqual(await me.ok('GET', '/me/api/credential?status=expired'), []);
  assert.deepEqual(await me.ok('GET', '/me/api/credential?status=validated'), [own, given]);

  const [application1] = await they.ok<number[]>('GET', '/me/api/application');
  assert.deepEqual(await they.ok('GET', '/me/api/application'), [credential.applicationId]);
  for (const [method, path, body] of [
    ['GET', `/me/api/credential/${given}`],
    ['PUT', `/me/api/credential/${given}`, { allowedIPs: ['192.0.2.1'] }],
    ['PUT', `/me/api/credential/${given}`, {}],
    ['DELETE', `/me/api/credential/${given}`],
    ['GET', `/me/api/credential/${given}/application`],
    ['GET', `/me/api/credential/${2 ** 40}`],
  ] as const)
    assert.equal((await they.call(method, path, body)).status, 404, `${method} ${path}`);
  assert.equal((await me.call('DELETE', `/me/api/application/${application1}`)).status, 404);

  assert.equal(await me.ok('PUT', `/me/api/credential/${given}`, { allowedIPs: ['192.0.2.0/24'] }), null);
  assert.equal((await granted.call('GET', '/sms')).status, 403);
  assert.equal(await me.ok('PUT', `/me/api/credential/${given}`, { allowedIPs: null }), null);
  assert.deepEqual(await granted.ok('GET', '/sms'), [mine.serviceName]);
  assert.equal(await me.ok('DELETE', `/me/api/credential/${given}`), null);
  const gone = await granted.call<{ errorCode: string }>('GET', '/sms');
  assert.deepEqual([gone.status, gone.body.errorCode], [403, 'NOT_CREDENTIAL']);
});

test('deleting an application deletes all keys that were validated for it', async () => {
  await using platform = await openPlatform();
  const developer = await platform.anAccount();
  const customer = await platform.anAccount();
  const asked = await ask(platform, developer, readSms);
  await decide(platform, asked, customer);
  const developerClient = clientOf(platform, developer, developer.ovh.consumerKey);
  const [id] = await developerClient.ok<number[]>('GET', '/me/api/application');
  assert.equal(await developerClient.ok('DELETE', `/me/api/application/${id}`), null);
  const call = await developerClient.call<{ errorCode: string }>('GET', '/sms');
  assert.deepEqual([call.status, call.body.errorCode], [403, 'INVALID_KEY']);
  const keys = await clientOf(platform, customer, customer.ovh.consumerKey).ok<number[]>(
    'GET',
    '/me/api/credential',
  );
  assert.equal(keys.length, 1);
});

test('a key that logs out is over in every process, and is shown as expired', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'],
      ['listeners', 'jobs', 'maintenance'],
    ],
  });
  const account = await platform.anAccount();
  const asked = await ask(platform, account, readSms);
  await decide(platform, asked, account, { lifetime: 'unlimited' });
  const urls = platform.processes.map(({ running }) => running.httpUrl!);
  const clients = urls.map((url) =>
    ovhClient(url, { ...account.ovh, consumerKey: asked.consumerKey }, () => platform.clock.now()),
  );
  for (const client of clients) assert.deepEqual(await client.ok('GET', '/sms'), [account.serviceName]);
  assert.equal(await clients[1]!.ok('POST', '/auth/logout'), null);
  assert.equal((await clients[1]!.call('GET', '/sms')).status, 403);
  await until(
    'the other process knows it',
    async () => (await clients[0]!.call('GET', '/sms')).status === 403,
  );
  const me = clientOf(platform, account, account.ovh.consumerKey);
  assert.equal((await me.ok<number[]>('GET', '/me/api/credential?status=expired')).length, 1);
});

test('/me returns the customer', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const me = await clientOf(platform, account, account.ovh.consumerKey).ok<Record<string, unknown>>(
    'GET',
    '/me',
  );
  assertAnswer('GET /me', me);
  assert.equal(me['email'], account.login);
  assert.equal(me['nichandle'], account.serviceName.replace(/^sms-(.*)-1$/, '$1-ovh'));
});

test('an owner who is signed in to the console creates keys without a second password, for their accounts only', async () => {
  await using platform = await openPlatform();
  const [own, foreign] = [await platform.anAccount(), await platform.anAccount()];
  const operator = await signInOperator(platform);
  const invite = (role: 'owner' | 'viewer') =>
    signInMember(platform, operator, { account: own.serviceName, email: `${role}@example.com`, role });
  const [{ cookie }, viewer] = [await invite('owner'), await invite('viewer')];
  const url = `${platform.url}/createToken/?GET=/sms`;
  const pageOf = async (address: string, headers: Record<string, string>) =>
    (await fetch(address, { headers })).text();

  const page = await pageOf(url, { cookie });
  assert.match(page, /signed in to the console as owner@example.com/);
  assert.ok(page.includes(own.serviceName) && !page.includes(foreign.serviceName));
  assert.doesNotMatch(page, /name="apiKey"/);
  for (const [address, headers] of [
    [`${url}&with=key`, { cookie }],
    [url, { cookie: viewer.cookie }],
    [url, {}],
  ] as const)
    assert.match(await pageOf(address, headers), /name="apiKey"/);

  const csrf = /name="csrf" value="([^"]+)"/.exec(page)![1]!;
  const form = { name: 'shop', rights: 'GET /sms', lifetime: '1d', account: own.serviceName, csrf };
  const post = async (fields: Partial<typeof form>, headers: Record<string, string>) => {
    const answer = await fill(`${platform.url}/createToken/`, { ...form, ...fields }, headers);
    return [answer.status, await answer.text()] as const;
  };
  for (const [fields, headers] of [
    [{ csrf: 'x' }, { cookie }],
    [{ account: foreign.serviceName }, { cookie }],
    [{}, { cookie: viewer.cookie }],
    [{}, {}],
    [{}, { cookie, 'sec-fetch-site': 'cross-site' }],
  ] as const)
    assert.equal((await post(fields, headers))[0], 403);
  const [status, keys] = await post({}, { cookie });
  assert.equal(status, 200);
  const [applicationKey, applicationSecret, consumerKey] = [...keys.matchAll(/<code>([^<]+)<\/code>/g)].map(
    ([, key]) => key!,
  );
  const client = clientOf(
    platform,
    { ...own, ovh: { ...own.ovh, applicationKey: applicationKey!, applicationSecret: applicationSecret! } },
    consumerKey!,
  );
  assert.deepEqual(await client.ok('GET', '/sms'), [own.serviceName]);

  const asked = await ask(platform, foreign, { ...readSms, redirection: null, allowedIPs: null });
  const question = { credentialToken: tokenOf(asked), lifetime: '1d', decision: 'accept' };
  const decided = await fill(
    `${platform.url}/auth/`,
    { ...question, csrf, account: own.serviceName },
    { cookie },
  );
  assert.equal(decided.status, 200);
  assert.deepEqual(await clientOf(platform, foreign, asked.consumerKey).ok('GET', '/sms'), [own.serviceName]);
});
