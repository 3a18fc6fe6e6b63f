import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import fastify from 'fastify';
import { legacyErrorMeanings } from '#dialects/octopush/legacy/errors.ts';
import { refusalReasons } from '#domain/base/refusals.ts';
import { playExchange, readExchanges } from '../../../../test/support/exchange.ts';
import { demoKey, demoLogin, type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { restErrors, restOnlyErrors, unknownPath } from './errors.ts';
import { answerRestError, octopushRestRoutes } from './routes.ts';

function openPlatform(facts: Partial<Facts> = {}) {
  const fake = fakeCustomers(facts);
  const app = fastify({ frameworkErrors: answerRestError });
  app.register(octopushRestRoutes, fake.services);
  return { app, fake };
}

const headers = { 'api-key': demoKey, 'api-login': demoLogin, 'content-type': 'application/json' };
const message = { text: 'Bonjour', recipients: [{ phone_number: '+33601010101' }], purpose: 'alert' };
const sendUrl = '/v1/public/sms-campaign/send';

for (const exchange of readExchanges('octopush-rest')) {
  test(`wire: ${exchange.name} (${exchange.source})`, async () => {
    const { app, fake } = openPlatform(exchange.facts);
    await playExchange(app, fake.submissions, exchange);
  });
}

test('every refusal has a status, a code and a sentence', () => {
  assert.deepEqual(Object.keys(restErrors).toSorted(), [...refusalReasons].toSorted());
  for (const { status, code, message: sentence } of Object.values(restErrors)) {
    assert.ok([400, 401, 500].includes(status));
    assert.ok(Number.isInteger(code) && code > 0);
    assert.match(sentence, /^[A-Z].*\.$/);
  }
});

test('the refusals come in their order, one mended at a time', async () => {
  const { app, fake } = openPlatform({ refuseAccount: 'account-blocked' });
  const sent: Record<string, string> = { 'content-type': 'application/json' };
  let payload = '';
  const mend: readonly (readonly [code: number, mended: () => void])[] = [
    [401, () => Object.assign(sent, { 'api-login': demoLogin })],
    [401, () => Object.assign(sent, { 'api-key': 'wrong' })],
    [401, () => Object.assign(sent, { 'api-key': demoKey })],
    [114, () => Object.assign(fake.facts, { refuseAccount: null })],
    [100, () => (payload = '[')],
    [100, () => (payload = '{"sender":"a","send_at":"x"}')],
    [107, () => (payload = '{"text":"a","sender":"a","send_at":"x"}')],
    [110, () => (payload = '{"text":"a","recipients":[],"sender":"a","send_at":"x"}')],
    [103, () => (payload = '{"text":"a","recipients":["1"],"sender":"a","send_at":"x"}')],
    [106, () => (payload = '{"text":"a","recipients":["1"],"send_at":"x"}')],
    [100, () => (payload = '{"text":"a","recipients":["1"]}')],
  ];
  const post = () => app.inject({ method: 'POST', url: sendUrl, headers: sent, payload });
  for (const [code, mended] of mend) {
    const answer = await post();
    assert.equal(answer.json().code, code, answer.body);
    mended();
  }
  for (const reason of refusalReasons.slice(refusalReasons.indexOf('request-already-seen'))) {
    fake.facts.refuse = reason;
    const answer = await post();
    assert.deepEqual(
      [answer.statusCode, answer.json().code],
      [restErrors[reason].status, restErrors[reason].code],
    );
  }
  fake.facts.refuse = null;
  assert.equal((await post()).statusCode, 201);
});

test('a reply to a send has no code and only numbers as numbers', async () => {
  const { app } = openPlatform({ availableMicros: 1, priceMicros: 45_501 });
  const answer = await app.inject({ method: 'POST', url: sendUrl, headers, payload: message });
  assert.match(
    answer.body,
    /^\{"sms_ticket":"sms_[0-9a-f]{22}","number_of_contacts":1,"number_of_sms_needed":1,"residual_credit":0\.000001,"total_cost":0\.045501\}$/,
  );
});

test('a simulation has an ordinary-looking ticket', async () => {
  const { app, fake } = openPlatform();
  const payload = { ...message, simulation_mode: true };
  const answer = await app.inject({ method: 'POST', url: `${sendUrl}/`, headers, payload });
  assert.match(answer.json().sms_ticket, /^sms_[0-9a-f]{22}$/);
  assert.equal(fake.submissions[0]!.dryRun, true);
});

test('an account may have 200 for a send', async () => {
  const { app } = openPlatform({ settings: { restSendStatus: 200 } });
  const answer = await app.inject({ method: 'POST', url: sendUrl, headers, payload: message });
  assert.equal(answer.statusCode, 200);
});

test('header names and content types are accepted in every spelling', async () => {
  const { app } = openPlatform();
  for (const type of ['application/json; charset=utf-8', 'application/x-www-form-urlencoded', 'text/plain']) {
    const answer = await app.inject({
      method: 'POST',
      url: sendUrl,
      headers: { 'API-Key': demoKey, 'Api-Login': demoLogin, 'content-type': type },
      payload: JSON.stringify(message),
    });
    assert.equal(answer.statusCode, 201, type);
  }
});

test('an internal error asks the client to retry and does not name its cause', async () => {
  const { app, fake } = openPlatform();
  fake.submit = () => Promise.reject(new Error('password of the database'));
  const answer = await app.inject({ method: 'POST', url: sendUrl, headers, payload: message });
  assert.equal(answer.statusCode, 500);
  assert.deepEqual(answer.json(), { code: 500, message: 'An internal error occurred; please try again.' });
});

test('large bodies, bodies without a type and unknown addresses are errors of the dialect', async () => {
  const { app } = openPlatform();
  const large = `{"text":"${'x'.repeat(5 * 1024 * 1024)}"}`;
  for (const [method, url, payload, type, status] of [
    ['POST', sendUrl, large, 'application/json', 400],
    ['POST', sendUrl, '{}', 'nonsense', 400],
    ['GET', sendUrl, undefined, undefined, 404],
    ['PUT', sendUrl, '{}', 'application/json', 404],
    ['GET', '/v1/public/', undefined, undefined, 404],
    ['GET', '/v1/public/%zz', undefined, undefined, 404],
    ['DELETE', '/v1/public/sms-campaign/cancel', '{}', 'application/json', 400],
    ['GET', '/v1/public/wallet/check-balance?country_code=FR&product_name=fax', undefined, undefined, 400],
    [
      'GET',
      '/v1/public/wallet/check-balance?country_code=ZZZ&product_name=sms_premium',
      undefined,
      undefined,
      400,
    ],
  ] as const) {
    const sent = { ...headers, 'content-type': type };
    const answer = await app.inject({ method, url, headers: sent, ...(payload ? { payload } : {}) });
    assert.equal(answer.statusCode, status, `${method} ${url}`);
    assert.deepEqual(Object.keys(answer.json()), ['code', 'message']);
  }
});

test('the balance of a product that is not sold is 0', async () => {
  const { app } = openPlatform();
  for (const [country, product] of [
    ['FR', 'vocal_sms'],
    ['FR', 'voice_sms'],
    ['LU', 'sms_low_cost'],
    ['BE', 'sms_low_cost'],
    ['CH', 'sms_low_cost'],
    ['us', 'SMS_LOW_COST'],
    ['ZZ', 'sms_premium'],
  ]) {
    const url = `/v1/public/wallet/check-balance?country_code=${country}&product_name=${product}`;
    const answer = await app.inject({ method: 'GET', url, headers });
    assert.deepEqual([answer.statusCode, answer.json()], [200, { amount: 0, unit: product!.toLowerCase() }]);
  }
});

test('every code is one of the published list, or of those that were collected', () => {
  const published = new Set(Object.keys(legacyErrorMeanings).map(Number));
  // What clients of this API are known to read (docs/dialects/octopush.md#codes).
  const collected = new Set([181, 182, 189, 194, 195, 196, 197, 198, 199, 401, 500]);
  const all = [
    ...Object.entries(restErrors),
    ...Object.entries(restOnlyErrors),
    ['path', unknownPath] as const,
  ];
  for (const [reason, { code }] of all) assert.ok(published.has(code) || collected.has(code), reason);
});

test('by the channel sms a send of all channels is an ordinary one', async () => {
  const { app, fake } = openPlatform();
  const post = (payload: object) =>
    app.inject({ method: 'POST', url: '/v1/public/multi-channel/send', headers, payload });
  const { text, purpose, recipients } = message;
  for (const payload of [
    { ...message, channel: 'sms' },
    { ...message, channel: 'SMS', metadata: { text: 'other', sender: 'Chappe' } },
    { channel: 'sms', recipients, metadata: { text, purpose } },
    message,
  ]) {
    const answer = await post(payload);
    assert.equal(answer.statusCode, 201, answer.body);
    assert.match(answer.json().sms_ticket, /^sms_[0-9a-f]{22}$/);
    assert.equal(fake.submissions.at(-1)!.text, 'Bonjour');
  }
  for (const channel of ['voice_sms', 'rcs', 'email', 'live_chat', 'fax'])
    assert.equal((await post({ ...message, channel })).json().code, 207, channel);
  assert.equal(fake.submissions.length, 4);
});

test('credit leaves the one pack there is, or none', async () => {
  const { app, fake } = openPlatform();
  const url = '/v1/public/subaccount/credit-transfer/transfer';
  for (const [pack, status] of [
    [1, 200],
    ['1', 200],
    [null, 200],
    ['', 200],
    [2, 400],
    ['abc', 400],
    [1.5, 400],
    [0, 400],
    [-1, 400],
  ] as const) {
    const payload = { token: 'ABCD', amount: 1, from_wallet_pack_id: pack };
    const answer = await app.inject({ method: 'POST', url, headers, payload });
    assert.equal(answer.statusCode, status, String(pack));
    if (status === 400) assert.match(answer.json().message, /from_wallet_pack_id/);
  }
  assert.equal(fake.asked.filter(([what]) => what === 'transfer').length, 4);
});

test('omitted fields of a contact stay, and null or an empty text clears a field', async () => {
  const { app, fake } = openPlatform();
  const payload = {
    contacts: [{ phone_number: '1', first_name: 'A', last_name: '', param1: null, param2: 7 }],
  };
  const url = '/v1/public/contact/create';
  assert.equal((await app.inject({ method: 'POST', url, headers, payload })).statusCode, 201);
  const [, order] = fake.asked.at(-1)! as [string, { contacts: object[] }];
  const params = ['', '7', null, null, null];
  assert.deepEqual(order.contacts, [{ number: '1', firstName: 'A', lastName: '', params }]);
});

test('a numeric code is distinguished from a text code', async () => {
  const { app, fake } = openPlatform();
  for (const [code, isNumber] of [
    [6748, true],
    ['6748', false],
    ['006748', false],
    [0, true],
  ] as const) {
    const payload = { code, otp_request_token: 't' };
    await app.inject({ method: 'PUT', url: '/v1/public/service/otp/validate', headers, payload });
    const [, claim] = fake.asked.at(-1)!;
    assert.partialDeepStrictEqual(claim, { code: String(code), isNumber });
  }
});

test('a browser can send a request of another origin and read the answer', async () => {
  const { app } = openPlatform();
  for (const url of [sendUrl, '/v1/public/service/otp/generate']) {
    const preflight = await app.inject({ method: 'OPTIONS', url });
    assert.equal(preflight.statusCode, 204);
    assert.match(String(preflight.headers['access-control-allow-headers']), /api-key, api-login/);
  }
  const answer = await app.inject({ method: 'POST', url: sendUrl, headers, payload: message });
  assert.equal(answer.headers['access-control-allow-origin'], '*');
});

test('random JSON is accepted or refused, never a breakdown', async () => {
  const { app } = openPlatform();
  const listed = new Set(Object.values(restErrors).map(({ code }) => code));
  const member = fc.constantFrom(
    'text',
    'recipients',
    'type',
    'sender',
    'send_at',
    'purpose',
    'request_id',
    'simulation_mode',
    'ticket_number',
    '__proto__',
  );
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.dictionary(member, fc.jsonValue()).map((given) => JSON.stringify({ ...message, ...given })),
  );
  await fc.assert(
    fc.asyncProperty(body, async (payload) => {
      const answer = await app.inject({ method: 'POST', url: sendUrl, headers, payload });
      if (answer.statusCode === 201) return;
      assert.equal(answer.statusCode, 400);
      assert.ok(listed.has(answer.json().code));
    }),
    { numRuns: 400 },
  );
});
