// Imports from another platform: between two accounts of one platform, since it speaks both APIs, and from servers that do not
// answer as they should.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { actForAccount, operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createOwnAccounts } from '../../src/operations/account/accounts/service.ts';
import { createTemplates } from '../../src/operations/account/templates.ts';
import { createUsers } from '../../src/operations/account/users.ts';
import { createPhonebooks } from '../../src/operations/audience/phonebooks.ts';
import { createImports } from '../../src/operations/operator/imports/imports.ts';
import { createOperatorMessages } from '../../src/operations/operator/messages.ts';
import { createOperatorOptOuts } from '../../src/operations/operator/opt-outs.ts';
import { createReviews } from '../../src/operations/operator/reviews.ts';
import { findAccount } from '../../src/store/accounts/accounts.ts';
import { historyDeleters } from '../../src/store/retention/rows.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { sized } from '../support/size.ts';

const operator = operatorAccess({ actor: 'cli:alice', address: null });
const contactCount = sized(300, 10_000);
const optOutCount = sized(60, 500);

function importsOf(platform: TestPlatform, pauses: number[] = []) {
  const { database, clock } = platform.processes[0]!.runtime;
  const pause = async (ms: number) => {
    pauses.push(ms);
  };
  const context = { database, clock };
  const services = {
    accounts: createOwnAccounts(context, { allowPrivateCallbacks: true }),
    users: createUsers(context, { allowPrivateCallbacks: true }),
    templates: createTemplates(context, { review: 'automatic' }),
    phonebooks: createPhonebooks(context),
    reviews: createReviews(context),
    optOuts: createOperatorOptOuts(context),
  };
  return createImports(context, { services, pause });
}

const silent = { isDryRun: false, note: () => {} };

const theirs = { service: 'theirs', historyDays: 0 };

function importOvh(
  platform: TestPlatform,
  from: TestAccount,
  into: TestAccount,
  { isDryRun = false, historyDays = 0 } = {},
) {
  const order = { ...silent, into: into.serviceName, api: platform.url, isDryRun };
  return importsOf(platform).fromOvh(operator, order, from.ovh, { service: from.serviceName, historyDays });
}

const number = (n: number) => `+336${String(n).padStart(8, '0')}`;

async function fill(platform: TestPlatform, account: TestAccount): Promise<void> {
  const { database, clock } = platform.processes[0]!.runtime;
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const at = `/sms/${account.serviceName}`;
  await client.ok('PUT', at, { callBack: 'https://shop.example.com/dlr', description: 'Shop' });
  await client.ok('POST', `${at}/senders`, { sender: 'SHOP', description: 'our name', reason: 'x' });
  await client.ok('POST', `${at}/users`, { login: 'till', password: 'Secret12' });
  await client.ok('PUT', `${at}/users/till`, {
    ipRestrictions: ['192.0.2.7'],
    quotaInformations: { quotaLeft: 20, quotaStatus: 'active' },
  });
  const template = {
    name: 'code',
    activity: 'authentification',
    message: '#VALUE#',
    description: 'd',
    reason: 'r',
  };
  await client.ok('POST', `${at}/templatesControl`, template);
  const row = await findAccount(database.query, account.serviceName);
  const phonebooks = createPhonebooks({ database, clock });
  const access = actForAccount(operator, row!);
  const key = await phonebooks.create(access, 'Customers');
  const lines = Array.from(
    { length: contactCount },
    (_, n) => `Ada ${n};=Lovelace;${n % 2 ? 'VIP' : ''};${number(n)}\n`,
  );
  const csv = Buffer.from(`name;surname;group;homeMobile\n${lines.join('')}`);
  await phonebooks.import(
    access,
    key!,
    (async function* () {
      yield csv;
    })(),
    null,
  );
  const numbers = Array.from(
    { length: optOutCount },
    (_, n) => `${number(10_000_000 + n)},2026-11-01T10:00:00Z\n`,
  );
  const order = {
    account: account.serviceName,
    csv: Buffer.from(`number,at\n${numbers.join('')}`),
    reason: 'STOP',
    skipsInvalid: false,
  };
  await createOperatorOptOuts({ database, clock }).import(operator, order);
}

test('the messages that an account sent at OVH are copied once, for reading, and only the operator lists them', async () => {
  await using platform = await openPlatform();
  const [from, into] = [await platform.anAccount(), await platform.anAccount()];
  for (const n of [1, 2, 3]) {
    const sent = await sendRest(platform.url, from, { to: [mobile(n)], text: `Order ${n}` });
    assert.ok(sent.isAccepted, sent.body);
  }
  await platform.quiet();
  const history = async (isDryRun: boolean) => {
    const report = await importOvh(platform, from, into, { isDryRun, historyDays: 30 });
    return report.parts['history'];
  };
  assert.deepEqual(await history(true), { added: 3, known: 0 });
  assert.deepEqual(await history(false), { added: 3, known: 0 });
  assert.deepEqual(await history(false), { added: 0, known: 3 });

  const { database, clock } = platform.processes[0]!.runtime;
  const messages = createOperatorMessages({ database, clock });
  const question = {
    ...{ number: undefined, account: into.serviceName, fromMs: null, toMs: null },
    ...{ status: undefined, tag: undefined, limit: 10, isWhole: true },
  };
  const listed = await messages.listImported(operator, question);
  assert.deepEqual(
    listed.map(({ recipient, text, status, source }) => [recipient, text, status, source]),
    [3, 2, 1].map((n) => [`+${mobile(n)}`, `Order ${n}`, 'delivered', `ovh ${from.serviceName}`]),
  );
  const one = { ...question, number: `+${mobile(2)}` };
  assert.deepEqual(
    (await messages.listImported(operator, one)).map(({ text }) => text),
    ['Order 2'],
  );
  await assert.rejects(
    messages.listImported(operator, { ...question, account: undefined }),
    /name the account/,
  );
  assert.deepEqual(await messages.list(operator, question), [], 'they are no messages of the account');
  const reader = ovhClient(platform.url, into.ovh, () => platform.clock.now());
  assert.deepEqual(await reader.ok('GET', `/sms/${into.serviceName}/outgoing`), []);

  const [deleteImported] = historyDeleters;
  assert.equal(await deleteImported!(database.query, 0, clock.now() + 1, 2), 2);
  assert.equal(await deleteImported!(database.query, 0, clock.now() + 1, 2), 1);
  assert.deepEqual(await messages.listImported(operator, question), [], 'retention deletes them');
});

test('an OVH account is copied once, whatever was there before, and a second import adds nothing', async () => {
  await using platform = await openPlatform();
  const [from, into] = [await platform.anAccount(), await platform.anAccount({ callbackPath: null })];
  await fill(platform, from);

  const planned = await importOvh(platform, from, into, { isDryRun: true });
  const reader = ovhClient(platform.url, into.ovh, () => platform.clock.now());
  const at = `/sms/${into.serviceName}`;
  assert.deepEqual(await reader.ok('GET', `${at}/phonebooks`), [], 'a dry run changed something');

  const first = await importOvh(platform, from, into);
  assert.deepEqual(first.parts, planned.parts);
  const added = Object.fromEntries(Object.entries(first.parts).map(([name, part]) => [name, part.added]));
  assert.deepEqual(added, {
    settings: 4,
    senders: 1,
    users: 1,
    templates: 1,
    contacts: contactCount,
    phonebooks: 1,
    'opt-outs': optOutCount,
  });
  assert.deepEqual(
    first.passwords.map(({ login }) => login),
    ['till'],
  );

  const second = await importOvh(platform, from, into);
  assert.deepEqual(
    Object.values(second.parts).map((part) => part.added),
    Object.values(second.parts).map(() => 0),
  );
  assert.equal(second.parts['contacts']!.known, contactCount);
  assert.deepEqual(second.passwords, []);
  assert.deepEqual((await importOvh(platform, from, into, { isDryRun: true })).parts, second.parts);

  const user = await reader.ok<{ ipRestrictions: string[]; quotaInformations: { quotaLeft: number } }>(
    'GET',
    `${at}/users/till`,
  );
  assert.deepEqual([user.ipRestrictions, user.quotaInformations.quotaLeft], [['192.0.2.7'], 20]);
  const [key] = await reader.ok<string[]>('GET', `${at}/phonebooks`);
  const ids = await reader.ok<number[]>('GET', `${at}/phonebooks/${key}/phonebookContact`);
  assert.equal(ids.length, contactCount);
  const contact = await reader.ok<{ surname: string }>(
    'GET',
    `${at}/phonebooks/${key}/phonebookContact/${ids[0]}`,
  );
  assert.equal(contact.surname, '=Lovelace');
  assert.equal((await reader.ok<string[]>('GET', `${at}/blacklists`)).length, optOutCount);
  assert.equal((await reader.ok<{ callBack: string }>('GET', at)).callBack, 'https://shop.example.com/dlr');
});

test('what a rule here refuses is left out with its reason, and the rest is copied', async () => {
  await using platform = await openPlatform();
  const from = await platform.anAccount();
  const into = await platform.anAccount({ callbackPath: null, creditMicros: 0n });
  await fill(platform, from);
  const { parts, leftOut } = await importOvh(platform, from, into);
  assert.equal(parts['users']!.added, 1);
  assert.match(leftOut.join('\n'), /^quota of the user till: The quota is above the credits/m);
  assert.match(leftOut.join('\n'), /^replies: .*^history: /ms);
});

test('settings of an Octopush account are copied where the account has none', async () => {
  await using platform = await openPlatform();
  const [from, into] = [await platform.anAccount(), await platform.anAccount({ callbackPath: null })];
  await callRest(platform.url, from, 'PATCH user/campaign-parameters/edit', {
    callbacks: {
      callback_url_for_inbounds: 'https://shop.example.com/mo',
      email_for_inbounds: 'desk@shop.example.com',
    },
    campaign_parameters: { sender_for_sms_premium: 'Shop' },
    sms_campaign_alert_parameters: { alert_type: 'sms_low_cost', alert_bound: 50 },
  });
  const order = { ...silent, into: into.serviceName, api: platform.url };
  const keys = { login: from.login, key: from.apiKey };
  const { parts, leftOut } = await importsOf(platform).fromOctopush(operator, order, keys);
  assert.equal(parts['settings']!.added >= 4, true, JSON.stringify(parts));
  assert.match(leftOut.join('\n'), /contacts, lists and opt-outs/);
  const again = await importsOf(platform).fromOctopush(operator, order, keys);
  assert.deepEqual(
    [again.parts['settings']!.added, again.parts['settings']!.known],
    [0, parts['settings']!.added],
  );
  const account = await findAccount(platform.processes[0]!.runtime.database.query, into.serviceName);
  assert.deepEqual(account!.settings.creditAlert, { bound: 50, tier: 'low_cost', email: null });
  assert.equal(account!.settings.callbacks.replyEmail, 'desk@shop.example.com');
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

async function withServer<T>(
  answers: (path: string, count: number) => Answer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  let count = 0;
  const server = createServer((request, response) => {
    const { status, body, headers } = answers(request.url!, ++count);
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a platform that fails, throttles or answers nonsense changes nothing, and the sentence names the address', async () => {
  await using platform = await openPlatform();
  const into = await platform.anAccount({ callbackPath: null });
  const now = JSON.stringify(Math.floor(platform.clock.now() / 1000));
  const time = (path: string): Answer | null =>
    path.endsWith('/auth/time') ? { status: 200, body: now } : null;
  const accountBody = JSON.stringify({
    name: 'x',
    description: '',
    callBack: null,
    stopCallBack: null,
    smsResponse: { responseType: 'none' },
    creditsLeft: 0,
  });
  const cases: readonly (readonly [string, (path: string, count: number) => Answer, RegExp, number])[] = [
    [
      '500',
      (path) => time(path) ?? { status: 500, body: '' },
      /did not answer after 7 attempts \(status 500\)/,
      6,
    ],
    [
      '429',
      (path) => time(path) ?? { status: 429, body: '', headers: { 'retry-after': '5' } },
      /status 429/,
      6,
    ],
    ['HTML', () => ({ status: 200, body: '<html>' }), /other than JSON/, 0],
    ['403', (path) => time(path) ?? { status: 403, body: '{}' }, /refused the keys \(status 403\)/, 0],
    ['404', (path) => time(path) ?? { status: 404, body: '{}' }, /has no SMS account/, 0],
    ['no time', () => ({ status: 200, body: '{}' }), /is no OVH API/, 0],
    [
      'half-way',
      (path) =>
        time(path) ??
        (path.endsWith('/sms/theirs') ? { status: 200, body: accountBody } : { status: 503, body: '' }),
      /senders did not answer .*Nothing was imported/,
      6,
    ],
  ];
  for (const [name, answers, expected, pauseCount] of cases)
    await withServer(answers, async (api) => {
      const pauses: number[] = [];
      const order = { ...silent, into: into.serviceName, api };
      await assert.rejects(
        importsOf(platform, pauses).fromOvh(operator, order, into.ovh, theirs),
        expected,
        name,
      );
      assert.equal(pauses.length, pauseCount, name);
      if (name === '429') assert.deepEqual(pauses, Array(6).fill(5_000));
    });
  const order = { ...silent, into: into.serviceName, api: 'eu.api.ovh.com' };
  await assert.rejects(importsOf(platform).fromOvh(operator, order, into.ovh, theirs), /is not an address/);
  const entries = await platform.query("select 1 from audit_entries where action = 'account.imported'");
  assert.equal(entries.length, 0);
});

test('an import is finished after answers of 500 and 429 in between', async () => {
  await using platform = await openPlatform();
  const into = await platform.anAccount({ callbackPath: null });
  const source = await platform.anAccount();
  const order = { ...silent, into: into.serviceName };
  const body = JSON.stringify({ callbacks: { callback_url_for_deliveries: 'https://shop.example.com/' } });
  const answers = (_path: string, count: number): Answer =>
    count < 3 ? { status: count === 1 ? 500 : 429, body: '' } : { status: 200, body };
  const report = await withServer(answers, (api) =>
    importsOf(platform).fromOctopush(
      operator,
      { ...order, api },
      { login: source.login, key: source.apiKey },
    ),
  );
  assert.deepEqual(report.parts, { settings: { added: 1, known: 0 } });
});
