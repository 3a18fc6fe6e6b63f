import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import fastify from 'fastify';
import { rewriteUrl } from '#dialects/shared/absolute-url.ts';
import { noAlert } from '#domain/account/user.ts';
import { refusalReasons } from '#domain/base/refusals.ts';
import type { SenderStatus } from '#operations/account/senders.ts';
import { playExchange, readExchanges } from '../../../../test/support/exchange.ts';
import { accessWith, type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { partly } from '../../../../test/support/services.ts';
import { problemMeanings } from './errors.ts';
import { answerHttp2smsError, http2smsPath, http2smsRoutes } from './routes.ts';

interface AccountFacts extends Facts {
  allowedIps: readonly string[];
  senderStatus: SenderStatus;
  quotaMicros: number | null;
  hasReplyNumbers: boolean;
  enabledSenders: readonly string[];
}

const usualPool = { hasReplyNumbers: true, enabledSenders: [] };

function openPlatform(given: Partial<AccountFacts> = {}) {
  const facts = { allowedIps: [], senderStatus: 'name' as const, quotaMicros: null, ...usualPool, ...given };
  const fake = fakeCustomers(given);
  const { allowedIps } = facts;
  const quotaMicros = facts.quotaMicros === null ? null : BigInt(facts.quotaMicros);
  const user = { id: 7, login: 'user', allowedIps, quotaMicros, alert: noAlert };
  const userBefore = { ...user, quotaMicros: quotaMicros && quotaMicros + 50_000n };
  const services = partly({
    credentials: {
      authenticateUser: async (serviceName, login, password) =>
        serviceName === 'sms-nic-X' && login === 'user' && password === 'pass wörd'
          ? { access: accessWith({}), user: userBefore }
          : null,
    },
    submissions: fake.services.submissions,
    senders: {
      statusOf: async () => facts.senderStatus,
      hasReplyNumbers: () => facts.hasReplyNumbers,
      listEnabledNames: async () => facts.enabledSenders,
    },
    credit: { creditPriceMicros: () => 50_000n },
    users: { read: async () => ({ user, receiptUrl: null, optOutUrl: null }) },
  });
  const app = fastify({ rewriteUrl, frameworkErrors: answerHttp2smsError });
  app.register(http2smsRoutes, services);
  return { app, fake };
}

const usual = {
  account: 'sms-nic-X',
  login: 'user',
  password: 'pass wörd',
  from: 'Chappe',
  to: '+33601010101',
  message: 'Bonjour',
};

type Fields = Readonly<Record<string, string>>;

async function call(given: Fields, facts: Partial<AccountFacts> = {}) {
  const { app, fake } = openPlatform(facts);
  const query = new URLSearchParams({ ...usual, contentType: 'application/json', ...given });
  const answer = await app.inject(`${http2smsPath}?${query}`);
  assert.equal(answer.statusCode, 200);
  const body = answer.json();
  return { body, status: body.status as number, submission: fake.submissions[0] };
}

for (const exchange of readExchanges('http2sms'))
  test(`wire: ${exchange.name} (${exchange.source})`, async () => {
    const { app, fake } = openPlatform(exchange.facts);
    await playExchange(app, fake.submissions, exchange);
  });

test('a missing parameter is 201, an invalid one 202, and nothing is sent', async () => {
  for (const name of Object.keys(usual))
    for (const value of ['', ' '])
      if (name !== 'password' || value === '') {
        const { body, submission } = await call({ [name]: value });
        assert.equal(body.status, 201, name);
        assert.match(body.message, new RegExp(`\\b${name}\\b`));
        assert.equal(submission, undefined);
      }
  const wrong: readonly Fields[] = [
    { account: 'sms-nic-Y' },
    { login: 'other' },
    { password: 'pass' },
    { deferred: '250011122026' },
    { deferred: '103031022026' },
    { deferred: 'tomorrow' },
    { class: '4' },
    { class: 'flash' },
    { smsCoding: '3' },
    { SMSencoding: 'utf8' },
    { tag: 'a tag of 21 character' },
  ];
  for (const fields of wrong) {
    const { status, submission } = await call(fields);
    assert.equal(status, 202, JSON.stringify(fields));
    assert.equal(submission, undefined);
  }
  assert.equal((await call({ to: ',,' })).status, 201);
});

test('the order is read: time of Paris, class, STOP clause, tag, several numbers', async () => {
  const { submission } = await call({
    to: '0033601010101, 33602020202',
    deferred: '125025112026',
    class: '2',
    noStop: '1',
    tag: 'twenty characters ok',
    smsCoding: '2',
  });
  assert.partialDeepStrictEqual(submission, {
    dialect: 'http2sms',
    recipients: [{ number: '0033601010101' }, { number: '33602020202' }],
    sendAtMs: Date.UTC(2026, 10, 25, 11, 50),
    messageClass: 2,
    purpose: 'transactional',
    stopClause: 'none',
    sender: 'Chappe',
    label: { tag: 'twenty characters ok', userId: 7, batchId: null },
  });
  const { submission: plain } = await call({});
  assert.partialDeepStrictEqual(plain, { purpose: 'marketing', stopClause: 'appended', sendAtMs: null });
  assert.equal(plain!.messageClass, undefined);
  const { submission: flash } = await call({ class: '0' });
  assert.equal(flash!.messageClass, 0);
});

test('a plus that was not encoded is found again, a blank after a comma is none', async () => {
  const { app, fake } = openPlatform();
  const query = new URLSearchParams({ ...usual, to: '' })
    .toString()
    .replace('to=', 'to=+33601010101,+33602020202');
  await app.inject(`${http2smsPath}?${query}`);
  assert.deepEqual(fake.submissions[0]!.recipients, [{ number: '+33601010101' }, { number: '+33602020202' }]);
});

test('a line break comes as CR, as CRLF, or as the characters %0d', async () => {
  const { submission } = await call({ message: 'a\rb\r\nc%0dd%0De\nf 100% 0d' });
  assert.equal(submission!.text, 'a\nb\nc\nd\ne\nf 100% 0d');
});

test('without a sender the short code is used, which allows no web address', async () => {
  const { status, submission } = await call({ from: '', senderForResponse: '1' });
  assert.equal(status, 100);
  assert.partialDeepStrictEqual(submission, { sender: null, withReplies: true, stopClause: 'none' });
  const address = { senderForResponse: '1', message: 'see https://example.com/a' };
  assert.equal((await call(address)).status, 202);
});

test('without a short code the named sender is used, or else the only enabled one', async () => {
  const asked = { senderForResponse: '1', message: 'see https://example.com/a' };
  const none = { hasReplyNumbers: false };
  const named = await call(asked, none);
  assert.partialDeepStrictEqual(named.submission, {
    sender: 'Chappe',
    withReplies: false,
    stopClause: 'appended',
    notes: ['no-short-code'],
  });
  const only = await call({ ...asked, from: '' }, { ...none, enabledSenders: ['Shop'] });
  assert.partialDeepStrictEqual(only.submission, { sender: 'Shop', notes: ['only-sender'] });
  for (const enabledSenders of [[], ['Shop', 'Other']])
    assert.equal((await call({ ...asked, from: '' }, { ...none, enabledSenders })).status, 202);
  assert.equal((await call(asked, { ...none, senderStatus: 'unknown' })).status, 241);
});

test('a sender of another account is 241, a forbidden client address 401', async () => {
  assert.equal((await call({}, { senderStatus: 'unknown' })).status, 241);
  assert.equal((await call({}, { senderStatus: 'not-enabled' })).status, 241);
  assert.equal((await call({}, { allowedIps: ['192.0.2.1'] })).status, 401);
  assert.equal((await call({}, { allowedIps: ['192.0.2.1', '127.0.0.1'] })).status, 100);
});

test('creditLeft is the credit of the account, or the rest of the user’s quota', async () => {
  assert.equal((await call({}, { availableMicros: 1_987_500 })).body.creditLeft, '39.75');
  assert.equal((await call({}, { quotaMicros: 150_000 })).body.creditLeft, '3.00');
});

test('every refusal has a code of the list', async () => {
  for (const refuse of refusalReasons) {
    const { body } = await call({}, { refuse });
    assert.ok(Object.hasOwn(problemMeanings, body.status), `${refuse}: ${body.status}`);
    assert.ok(body.message.length > 5);
  }
});

test('a form, a multipart body and JSON are read as a query is', async () => {
  const { app, fake } = openPlatform();
  const form = new FormData();
  for (const [name, value] of Object.entries(usual)) form.set(name, value);
  const multipart = new Response(form);
  const bodies: readonly [Buffer, string][] = [
    [Buffer.from(new URLSearchParams(usual).toString()), 'application/x-www-form-urlencoded'],
    [Buffer.from(await multipart.arrayBuffer()), multipart.headers.get('content-type')!],
    [Buffer.from(JSON.stringify(usual)), 'application/json'],
  ];
  for (const [payload, type] of bodies) {
    const headers = { 'content-type': type };
    const answer = await app.inject({ method: 'POST', url: http2smsPath, payload, headers });
    assert.match(answer.body, /^OK\n/, type);
  }
  assert.equal(fake.submissions.length, bodies.length);
});

test('HEAD sends nothing', async () => {
  const { app, fake } = openPlatform();
  const url = `${http2smsPath}?${new URLSearchParams(usual)}`;
  assert.equal((await app.inject({ method: 'HEAD', url })).statusCode, 404);
  assert.deepEqual(fake.submissions, []);
});

const names = [
  ...Object.keys(usual),
  'deferred',
  'class',
  'smsCoding',
  'SMSencoding',
  'noStop',
  'tag',
  'senderForResponse',
];
const types = [
  'text/xml',
  'application/xml',
  'text/json',
  'application/json',
  'text/plain',
  'text/html',
  'x',
];
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('', '1', '0', '%', '%0d', '\u0000', '🙂', '<a>&"', '+33601010101', '125025112026'),
);

test('every request is answered with 200 and a code of the list, in the requested format', async () => {
  const { app } = openPlatform();
  const xml = new XMLParser({ parseTagValue: false });
  const input = fc.record({
    fields: fc.dictionary(fc.constantFrom(...names), value),
    isUsual: fc.boolean(),
    contentType: fc.constantFrom(...types),
    isPost: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(input, async ({ fields, isUsual, contentType, isPost }) => {
      const query = new URLSearchParams({ ...(isUsual ? usual : {}), ...fields, contentType }).toString();
      const answer = isPost
        ? await app.inject({ method: 'POST', url: http2smsPath, payload: query })
        : await app.inject(`${http2smsPath}?${query}`);
      assert.equal(answer.statusCode, 200);
      const { body } = answer;
      if (contentType.endsWith('xml')) {
        assert.equal(XMLValidator.validate(body), true, body);
        assertStatus(Number(xml.parse(body).response.status));
      } else if (contentType.endsWith('json')) assertStatus(answer.json().status);
      else if (contentType === 'text/html') assert.match(body, /^<HTML><BODY>(OK|KO)<br>/);
      else assert.match(body, /^(OK\n[\d.]+\n(\d+\n)*|KO\n[^\n]+\n)$/);
    }),
    { numRuns: 300 },
  );
});

test('a body of random bytes is answered too', async () => {
  const { app } = openPlatform();
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', 'no type'),
      async (bytes, type) => {
        const answer = await app.inject({
          method: 'POST',
          url: http2smsPath,
          payload: Buffer.from(bytes),
          headers: { 'content-type': type },
        });
        assert.equal(answer.statusCode, 200);
        assert.match(answer.body, /^KO\n/);
      },
    ),
    { numRuns: 100 },
  );
});

function assertStatus(status: number): void {
  assert.ok(status === 100 || Object.hasOwn(problemMeanings, status), `status ${status}`);
}
