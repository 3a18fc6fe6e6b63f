// Lists of receivers through OVH's API: loaded into slots, fetched from addresses, merged into texts, sent whole or not.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { notify } from '../../src/store/database/notices.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertModel } from '../support/ovh-contract.ts';
import {
  openPlatform,
  type PlatformOptions,
  priceMicros,
  type TestAccount,
  type TestPlatform,
} from '../support/platform.ts';
import { until } from '../support/until.ts';

interface Receiver {
  readonly slotId: number;
  readonly records: number;
  readonly autoUpdate: boolean;
  readonly canAutoUpdate: boolean;
  readonly description: string;
}

interface Report {
  readonly ids: readonly number[];
  readonly validReceivers: readonly string[];
  readonly invalidReceivers: readonly string[];
  readonly totalCreditsRemoved: number;
}

interface CleanReport {
  readonly taskId: number;
  readonly totalCreditsRemoved: number;
}

interface Refused {
  readonly message: string;
}

const cookbook = [
  'Numero ;nom ;prenom ;adresse',
  '0662000000 ;Durant ;Pierre ;xx rue montaigne Paris',
  '0662000001 ;Dupont ;Jean ;xx rue montaigne Paris',
  '',
].join('\n');

function openListPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  return openPlatform({ ...options, config: { allowPrivateDownloads: true, ...options.config } });
}

function clientOf(platform: TestPlatform, account: TestAccount) {
  return ovhClient(platform.url, account.ovh, () => platform.clock.now());
}

/** A customer's own server. */
async function serveFiles(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function upload(platform: TestPlatform, account: TestAccount, text: string | Buffer): Promise<string> {
  const { id, putUrl } = await clientOf(platform, account).ok<{ id: string; putUrl: string }>(
    'POST',
    '/me/document',
    { name: 'list.csv' },
  );
  const put = await fetch(putUrl, { method: 'PUT', body: new Uint8Array(Buffer.from(text)) });
  assert.equal(put.status, 201);
  return id;
}

async function aSlot(platform: TestPlatform, account: TestAccount, slotId: number, text: string | Buffer) {
  const documentId = await upload(platform, account, text);
  const order = { slotId, description: 'clients', documentId };
  return clientOf(platform, account).ok<Receiver>('POST', `/sms/${account.serviceName}/receivers`, order);
}

/** What each phone was sent. */
async function textsOf(platform: TestPlatform): Promise<Record<string, string>> {
  const rows = await platform.query<{ to: number; text: string }>(
    'select m.msisdn as to, coalesce(m.text, c.text) as text from messages m join campaigns c on c.id = m.campaign_id',
  );
  return Object.fromEntries(rows.map(({ to, text }) => [to, text]));
}

async function whenCleaned(platform: TestPlatform, account: TestAccount, taskId: number): Promise<void> {
  await until('it is cleaned', async () => {
    const path = `/sms/${account.serviceName}/task/${taskId}`;
    const task = await clientOf(platform, account).ok<{ status: string }>('GET', path);
    assertModel('sms.Task', task);
    return task.status === 'done';
  });
}

const service = { noStopClause: true, sender: 'Chappe' };

test('the mail-merge of the cookbook: a list at an address, columns in the text', async () => {
  await using platform = await openListPlatform();
  await using files = await serveFiles((_request, response) => response.end(cookbook));
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const before = (await platform.credit(account)).availableMicros;
  const report = await client.ok<Report>('POST', `/sms/${account.serviceName}/jobs`, {
    ...service,
    message: "Bonjour #prenom# #nom#, votre commande va être livrée à l'adresse : #adresse# . Cordialement.",
    receiversDocumentUrl: `${files.url}/contacts.csv`,
    tag: 'commande',
  });
  assertModel('sms.SmsSendingReport', report);
  assert.deepEqual(report.validReceivers, ['+33662000000', '+33662000001']);
  // Two parts each: the circumflex is no letter of GSM's.
  assert.deepEqual([report.ids.length, report.invalidReceivers, report.totalCreditsRemoved], [2, [], 4]);
  await platform.quiet();
  assert.deepEqual(await textsOf(platform), {
    33662000000:
      "Bonjour Pierre Durant, votre commande va être livrée à l'adresse : xx rue montaigne Paris . Cordialement.",
    33662000001:
      "Bonjour Jean Dupont, votre commande va être livrée à l'adresse : xx rue montaigne Paris . Cordialement.",
  });
  assert.equal(before - (await platform.credit(account)).availableMicros, 4n * priceMicros);
  const tagged = await client.ok<number[]>('GET', `/sms/${account.serviceName}/outgoing?tag=commande`);
  assert.deepEqual(tagged, report.ids);
});

test('a slot is filled, read, changed, sent to, filled again and emptied', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers`;
  const slot = await aSlot(
    platform,
    account,
    3,
    'number\n+33600000001\n+33600000002\n0033600000001\n0123456789',
  );
  assertModel('sms.Receiver', slot);
  const { records, canAutoUpdate, autoUpdate, slotId } = slot;
  assert.deepEqual([slotId, records, canAutoUpdate, autoUpdate], [3, 4, false, false]);
  assert.deepEqual(await client.ok('GET', path), [3]);
  assert.equal(await client.ok('PUT', `${path}/3`, { description: 'friends' }), null);
  assert.equal((await client.ok<Receiver>('GET', `${path}/3`)).description, 'friends');
  assert.equal((await client.call('PUT', `${path}/3`, { autoUpdate: true })).status, 400);
  assert.equal(
    await client.ok('GET', `${path}/3/csv`),
    'number\n+33600000001\n+33600000002\n0033600000001\n0123456789',
  );

  const job = { ...service, message: 'Hello', receiversSlotId: '3' };
  const report = await client.ok<Report>('POST', `/sms/${account.serviceName}/jobs`, job);
  assert.deepEqual(report.validReceivers, ['+33600000001', '+33600000002']);
  assert.deepEqual(report.invalidReceivers, ['0123456789']);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 2);

  assert.equal((await aSlot(platform, account, 3, 'number\n+33600000003\n')).records, 1);
  assert.deepEqual(await client.ok('GET', path), [3]);
  assert.equal(await client.ok('DELETE', `${path}/3`), null);
  for (const method of ['GET', 'DELETE']) assert.equal((await client.call(method, `${path}/3`)).status, 404);
  assert.equal((await client.call('GET', `${path}/3/csv`)).status, 404);
  const refused = await client.call<Refused>('POST', `/sms/${account.serviceName}/jobs`, job);
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /The slot is empty/);
});

test('slots have the numbers 1 to 9, a list of one kind, and belong to one account', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const stranger = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers`;
  const documentId = await upload(platform, account, 'number\n+33600000001\n');
  const order = { description: 'x', documentId };
  for (const slotId of [0, 10, -1, 70_000])
    assert.equal((await client.call('POST', path, { ...order, slotId })).status, 400, String(slotId));
  const both = { ...order, slotId: 1, csvUrl: 'http://example.com/' };
  assert.equal((await client.call('POST', path, both)).status, 400);
  assert.equal((await client.call('POST', path, { slotId: 1, description: 'x' })).status, 400);
  assert.equal((await client.call('POST', path, { ...order, slotId: 1, autoUpdate: true })).status, 400);
  const theirs = await clientOf(platform, stranger).call<Refused>(
    'POST',
    `/sms/${stranger.serviceName}/receivers`,
    { ...order, slotId: 1 },
  );
  assert.equal(theirs.status, 400);
  assert.match(theirs.body.message, /\[documentId\] There is no such document/);
  assert.equal((await client.call('POST', path, { ...order, slotId: 1, documentId: 'x' })).status, 400);
  await client.ok('POST', path, { ...order, slotId: 9 });
  assert.deepEqual(
    await clientOf(platform, stranger).ok('GET', `/sms/${stranger.serviceName}/receivers`),
    [],
  );
});

test('a slot that is filled by many at once holds one of their lists, and no other is kept', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const documentId = await upload(platform, account, 'number\n+33600000001\n');
  const order = { slotId: 1, description: 'x', documentId };
  await Promise.all(
    Array.from({ length: 8 }, () => client.ok('POST', `/sms/${account.serviceName}/receivers`, order)),
  );
  const [kept] = await platform.query<{ n: number }>('select count(*) as n from contents where is_kept');
  assert.equal(kept!.n, 2, 'the document and the list');
});

test('a user has separate slots', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const base = `/sms/${account.serviceName}`;
  await client.ok('POST', `${base}/users`, { login: 'shop', password: 'secret12' });
  await aSlot(platform, account, 1, 'number\n+33600000001\n');
  const documentId = await upload(platform, account, 'number\n+33600000002\n');
  const order = { slotId: 1, description: 'of the shop', documentId };
  const slot = await client.ok<Receiver>('POST', `${base}/users/shop/receivers`, order);
  assertModel('sms.Receiver', slot);
  const job = { ...service, message: 'Hello', receiversSlotId: '1' };
  const ofUser = await client.ok<Report>('POST', `${base}/users/shop/jobs`, job);
  assert.deepEqual(ofUser.validReceivers, ['+33600000002']);
  assert.deepEqual((await client.ok<Report>('POST', `${base}/jobs`, job)).validReceivers, ['+33600000001']);
  assert.deepEqual(await client.ok('GET', `${base}/users/shop/outgoing`), ofUser.ids);
  assert.equal((await client.call('GET', `${base}/users/nobody/receivers`)).status, 404);
  await client.ok('DELETE', `${base}/users/shop`);
  const slots = await platform.query<{ user_id: number }>('select user_id from recipient_slots');
  assert.deepEqual(slots, [{ user_id: 0 }]);
});

test('a list with automatic update is fetched before each send, and nothing is sent if it cannot be fetched', async () => {
  await using platform = await openListPlatform();
  let list = 'number\n+33600000001\n';
  let status = 200;
  await using files = await serveFiles((_request, response) => response.writeHead(status).end(list));
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers`;
  const slot = await client.ok<Receiver>('POST', path, {
    slotId: 2,
    description: 'ours',
    autoUpdate: true,
    csvUrl: files.url,
  });
  assert.deepEqual([slot.autoUpdate, slot.canAutoUpdate, slot.records], [true, true, 1]);
  list = 'number\n+33600000002\n+33600000003\n';
  const job = { ...service, message: 'Hello', receiversSlotId: 2 };
  const send = () => client.call<Report & Refused>('POST', `/sms/${account.serviceName}/jobs`, job);
  assert.deepEqual((await send()).body.validReceivers, ['+33600000002', '+33600000003']);
  assert.equal((await client.ok<Receiver>('GET', `${path}/2`)).records, 2);
  const [kept] = await platform.query<{ n: number }>('select count(*) as n from contents where is_kept');
  assert.equal(kept!.n, 1, 'the list as it is now');
  status = 503;
  const refused = await send();
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /\[receiversSlotId\] The address answers with status 503/);
  assert.equal(await client.ok('PUT', `${path}/2`, { autoUpdate: false }), null);
  assert.deepEqual((await send()).body.validReceivers, ['+33600000002', '+33600000003']);
});

test('a fault of a list is refused with its line, and nothing is sent', async () => {
  await using platform = await openListPlatform();
  let list = '';
  await using files = await serveFiles((_request, response) => response.end(list));
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const job = { ...service, message: 'Hello #nom#', receiversDocumentUrl: files.url };
  for (const [text, message] of [
    ['number;nom\n+33600000001;A\n+33600000002;"B\n', /on line 3$/],
    ['number;nom\n+33600000001;A\n\n;B\n', /number is missing on line 4$/],
    ['number;nom\n+33600000001;A;B\n', /on line 2$/],
    ['tel;nom\n+33600000001;A\n', /no column "number"$/],
    ['', /must name a column "number"$/],
    ['number;name\n+33600000001;A\n', /^\[message\] The list has no column "nom"$/],
  ] as const) {
    list = text;
    const { status, body } = await client.call<Refused>('POST', `/sms/${account.serviceName}/jobs`, job);
    assert.equal(status, 400);
    assert.match(body.message, message);
  }
  assert.equal(await platform.count('messages'), 0);
  assert.equal(await platform.count('campaigns'), 0);
});

test('a fault of a merge value is refused with its line, also a web address in a message of a short code', async () => {
  await using platform = await openListPlatform({ config: { allowPrivateDownloads: true } });
  await insertReplyNumber(
    platform.query,
    { number: '38200', kind: 'short-code', countries: [] },
    platform.clock.now(),
  );
  await notify(platform.query, 'rates');
  let list = '';
  await using files = await serveFiles((_request, response) => response.end(list));
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const send = (message: string, more: object) =>
    client.call<Refused>('POST', `/sms/${account.serviceName}/jobs`, {
      message,
      noStopClause: true,
      receiversDocumentUrl: files.url,
      ...more,
    });
  list = 'number;nom\n+33600000001;A\n+33600000002;\n+33600000003;C\n';
  assert.match((await send('#nom#', { sender: 'Chappe' })).body.message, /on line 3$/);
  list = `number;nom\n+33600000001;${'x'.repeat(5000)}\n`;
  assert.match((await send('To #nom#', { sender: 'Chappe' })).body.message, /on line 2$/);
  const rows = Array.from({ length: 700 }, (_, i) => `+${33600000100 + i};${i === 423 ? '' : 'A'}`);
  list = `number;nom\n${rows.join('\n')}\n`;
  assert.match((await send('#nom#', { sender: 'Chappe' })).body.message, /on line 425$/);
  assert.doesNotMatch((await send('x'.repeat(6000), { sender: 'Chappe' })).body.message, /on line/);
  list = 'number;nom\n+33600000001;A\n+33600000002;http://evil.example\n';
  const barred = await send('Go #nom#', { senderForResponse: true });
  assert.equal(barred.status, 400);
  assert.match(barred.body.message, /shortcode on line 3$/);
  assert.equal((await send('Go #nom#', { sender: 'Chappe' })).status, 200);
  assert.equal(await platform.count('messages'), 2);
});

test('an invalid number is refused with its line when a slot is loaded, and listed by a job', async () => {
  await using platform = await openListPlatform();
  const list = 'number;nom\n0600000001;A\n+33600000002;B\nnobody;C\n';
  await using files = await serveFiles((_request, response) => response.end(list));
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}`;
  const slot = { slotId: 1, description: 'x', csvUrl: files.url };
  const refused = await client.call<Refused>('POST', `${path}/receivers`, slot);
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /^\[csvUrl\] There is no telephone number on line 4$/);
  assert.deepEqual(await client.ok('GET', `${path}/receivers`), []);
  const job = { ...service, message: 'Hello #nom#', receiversDocumentUrl: files.url };
  const report = await client.ok<Report>('POST', `${path}/jobs`, job);
  assert.deepEqual(report.invalidReceivers, ['nobody']);
  assert.equal(report.ids.length, 2);
});

test('each text is measured and priced by itself, in Latin-1 or UTF-8', async () => {
  await using platform = await openListPlatform();
  const long = 'x'.repeat(200);
  const list = Buffer.concat([
    Buffer.from(`Number;mot\n0600000001;court\n0600000002;${long}\n0600000003;字\n0600000004;`),
    Buffer.from([0x45, 0x6c, 0xe8, 0x76, 0x65]),
    Buffer.from('\n0600000005\n'),
  ]);
  const account = await platform.anAccount();
  await aSlot(platform, account, 1, list);
  const report = await clientOf(platform, account).ok<Report>('POST', `/sms/${account.serviceName}/jobs`, {
    ...service,
    message: `Mot: #MOT# ${'y'.repeat(70)}`,
    receiversSlotId: '1',
  });
  // 1 + 2 + 2 (UCS-2, above 70) + 1 + 1
  assert.equal(report.totalCreditsRemoved, 7);
  await platform.quiet();
  const texts = await textsOf(platform);
  assert.match(texts['33600000004']!, /^Mot: Elève y/);
  assert.match(texts['33600000003']!, /^Mot: 字 y/);
  assert.match(texts['33600000005']!, /^Mot: {2}y/);
});

test('without credit for the whole list nothing is sent or held', async () => {
  await using platform = await openListPlatform();
  const count = 5_100;
  const account = await platform.anAccount({
    creditMicros: priceMicros * BigInt(count - 1),
    callbackPath: null,
  });
  const numbers = Array.from({ length: count }, (_, i) => `+336${String(10_000_000 + i)}`);
  await aSlot(platform, account, 1, `number\n${numbers.join('\n')}\n`);
  const job = { ...service, message: 'Hello', receiversSlotId: '1' };
  const client = clientOf(platform, account);
  const refused = await client.call<Refused>('POST', `/sms/${account.serviceName}/jobs`, job);
  assert.equal(refused.status, 403);
  assert.equal(await platform.count('messages'), 0);
  assert.equal((await platform.credit(account)).heldMicros, 0n);
});

test('of lists that come at once as many are sent as the credit covers, each whole', async () => {
  const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  await using platform = await openListPlatform({ processes: [all, all] });
  const account = await platform.anAccount({ creditMicros: priceMicros * 350n, callbackPath: null });
  const numbers = Array.from({ length: 100 }, (_, i) => `+336${String(10_000_000 + i * 100)}`);
  await aSlot(platform, account, 1, `number\n${numbers.join('\n')}\n`);
  const path = `/sms/${account.serviceName}/jobs`;
  const job = { ...service, message: 'Hello', receiversSlotId: '1' };
  const clients = platform.processes.map(({ running }) =>
    ovhClient(running.httpUrl!, account.ovh, () => platform.clock.now()),
  );
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => clients[i % 2]!.call<Report>('POST', path, job)),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [
    ...new Array(3).fill(200),
    ...new Array(9).fill(403),
  ]);
  await platform.quiet();
  assert.equal(await platform.count('messages'), 300);
  assert.deepEqual(await platform.credit(account), { availableMicros: priceMicros * 50n, heldMicros: 0n });
});

test('a list of several parts is one sending: repeats across parts once, ids in the order of the list', async () => {
  await using platform = await openListPlatform();
  const count = 10_300;
  const account = await platform.anAccount({ creditMicros: priceMicros * BigInt(count), callbackPath: null });
  const numbers = Array.from({ length: count }, (_, i) => `+336${String(10_000_000 + i * 100)}`);
  await aSlot(
    platform,
    account,
    1,
    `number;n\n${[...numbers, ...numbers].map((n, i) => `${n};${i}`).join('\n')}\n`,
  );
  const client = clientOf(platform, account);
  const report = await client.ok<Report>('POST', `/sms/${account.serviceName}/jobs`, {
    ...service,
    message: 'Hello #n#',
    receiversSlotId: '1',
  });
  assert.deepEqual(report.validReceivers, numbers);
  assert.deepEqual(
    await client
      .ok('GET', `/sms/${account.serviceName}/outgoing/${report.ids.at(-1)}`)
      .then((sent) => (sent as { receiver: string; message: string }).message),
    `Hello ${count - 1}`,
  );
  assert.equal(await platform.count('campaigns'), 3);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, count);
  assert.deepEqual(await platform.credit(account), { availableMicros: 0n, heldMicros: 0n });
});

test('a user with a quota sends a list from it, or not at all', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const base = `/sms/${account.serviceName}`;
  await client.ok('POST', `${base}/users`, { login: 'shop', password: 'secret12' });
  const quota = (quotaLeft: number) =>
    client.ok('PUT', `${base}/users/shop`, { quotaInformations: { quotaLeft, quotaStatus: 'active' } });
  const documentId = await upload(platform, account, 'number\n+33600000001\n+33600000002\n+33600000003\n');
  await client.ok('POST', `${base}/users/shop/receivers`, { slotId: 1, description: 'x', documentId });
  const job = { ...service, message: 'Hello', receiversSlotId: '1' };
  await quota(2);
  assert.equal((await client.call('POST', `${base}/users/shop/jobs`, job)).status, 403);
  assert.equal(await platform.count('messages'), 0);
  await quota(3);
  assert.equal((await client.ok<Report>('POST', `${base}/users/shop/jobs`, job)).ids.length, 3);
  await platform.quiet();
  const user = await client.ok<{ quotaInformations: { quotaLeft: number } }>('GET', `${base}/users/shop`);
  assert.equal(user.quotaInformations.quotaLeft, 0);
});

test('a list is not fetched from a private address unless the operator allows it', async () => {
  await using platform = await openPlatform();
  let asked = 0;
  await using files = await serveFiles((_request, response) => {
    asked++;
    response.end(cookbook);
  });
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}`;
  for (const url of [files.url, files.url.replace('127.0.0.1', 'localhost')]) {
    const job = { ...service, message: 'Hello', receiversDocumentUrl: url };
    const refused = await client.call<Refused>('POST', `${path}/jobs`, job);
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, /\[receiversDocumentUrl\] The address is not public/);
    const slot = { slotId: 1, description: 'x', csvUrl: url };
    assert.match(
      (await client.call<Refused>('POST', `${path}/receivers`, slot)).body.message,
      /csvUrl.*not public/,
    );
  }
  assert.equal(asked, 0);
});

test('a server that means harm is given up, and nothing is sent', async () => {
  // Long enough for a megabyte on a machine that does twenty other things; only /silent waits for it.
  await using platform = await openListPlatform({ config: { downloadSeconds: 10, documentMegabytes: 1 } });
  const bomb = gzipSync(Buffer.concat([Buffer.from('number\n'), Buffer.alloc(20_000_000, '+33600000001\n')]));
  await using files = await serveFiles((request, response) => {
    if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    else if (request.url === '/circle') response.writeHead(302, { location: '/circle' }).end();
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (request.url === '/endless') {
      const more = () => response.write('+33600000001\n'.repeat(10_000), more);
      response.write('number\n', more);
    } else response.write('number\n+33600000001\n');
  });
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  for (const [path, message] of [
    ['/bomb', /more than 1048576 bytes/],
    ['/endless', /more than 1048576 bytes/],
    ['/circle', /redirects more than 5 times/],
    ['/file', /must begin with http/],
    ['/silent', /within 10 seconds/],
  ] as const) {
    const job = { ...service, message: 'Hello', receiversDocumentUrl: files.url + path };
    const refused = await client.call<Refused>('POST', `/sms/${account.serviceName}/jobs`, job);
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, message);
  }
  assert.equal(await platform.count('messages'), 0);
});

test('an uploaded file is a list by its address too, though no private address is fetched from', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const id = await upload(platform, account, 'number\n+33600000001\n');
  const { getUrl, putUrl } = await client.ok<{ getUrl: string; putUrl: string }>('GET', `/me/document/${id}`);
  const jobs = `/sms/${account.serviceName}/jobs`;
  const job = { ...service, message: 'Hello' };
  const report = await client.ok<Report>('POST', jobs, { ...job, receiversDocumentUrl: getUrl });
  assert.deepEqual(report.validReceivers, ['+33600000001']);
  for (const url of [putUrl, `${getUrl}x`]) {
    const refused = await client.call<Refused>('POST', jobs, { ...job, receiversDocumentUrl: url });
    assert.match(refused.body.message, /not public/);
  }
});

test('a list is cleaned for nothing: each number once, in one form, none that cannot exist', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers/1`;
  await aSlot(
    platform,
    account,
    1,
    'nom;Numero\nA;0600000001\n"B;1";+33 6 00 00 00 02\nC;0033600000001\nE;0123456789\n',
  );
  const order = { freemium: true, priceOnly: false };
  const quote = await client.ok<CleanReport>('POST', `${path}/clean`, { ...order, priceOnly: true });
  assert.deepEqual(quote, { taskId: 0, totalCreditsRemoved: 0 });
  const report = await client.ok<CleanReport>('POST', `${path}/clean`, order);
  assertModel('sms.ReceiversAsynchronousCleanReport', report);
  assert.equal(report.totalCreditsRemoved, 0);
  await whenCleaned(platform, account, report.taskId);
  assert.equal(await client.ok('GET', `${path}/csv`), 'nom;Numero\nA;+33600000001\n"B;1";+33600000002\n');
  assert.equal((await client.ok<Receiver>('GET', path)).records, 2);
  const tasks = `/sms/${account.serviceName}/task`;
  assert.deepEqual(await client.ok('GET', `${tasks}?status=done`), [report.taskId]);
  assert.deepEqual(await client.ok('GET', `${tasks}?status=todo`), []);
  assert.equal((await client.call('GET', `${tasks}/${report.taskId + 1}`)).status, 404);
  assert.equal((await client.call('POST', path.replace('/1', '/2/clean'), order)).status, 404);
  // The list it was is still there.
  const [kept] = await platform.query<{ n: number }>('select count(*) as n from contents where is_kept');
  assert.equal(kept!.n, 3, 'the document, the list, and the list it was');
});

test('a paid cleaning removes numbers that no network knows', async () => {
  await using platform = await openListPlatform();
  await platform.query('update connectors set removed_at = now()');
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers/1`;
  // The last two digits tell what the simulated carrier knows: 91 nothing, 90 a phone that is off.
  await aSlot(
    platform,
    account,
    1,
    'number\n+33600000001\n+33600000091\n+33600000090\n+33600000001\n0123456789\n',
  );
  const order = { freemium: false, priceOnly: false };
  const quote = await client.ok<CleanReport>('POST', `${path}/clean`, { ...order, priceOnly: true });
  assert.deepEqual(quote, { taskId: 0, totalCreditsRemoved: 0.6 });
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n);
  const report = await client.ok<CleanReport>('POST', `${path}/clean`, order);
  assert.equal(report.totalCreditsRemoved, 0.6);
  assert.equal((await platform.credit(account)).availableMicros, 970_000n);
  assert.equal((await client.call('POST', `${path}/clean`, order)).status, 409);
  await whenCleaned(platform, account, report.taskId);
  assert.equal(await client.ok('GET', `${path}/csv`), 'number\n+33600000001\n+33600000090\n');
  assert.equal((await platform.credit(account)).availableMicros, 970_000n);
});

test('a slot that is filled during its cleaning keeps the new list', async () => {
  await using platform = await openListPlatform();
  await platform.query('update connectors set removed_at = now()');
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const client = clientOf(platform, account);
  const base = `/sms/${account.serviceName}`;
  // Of a number in 95 the simulated carrier never says anything.
  await aSlot(platform, account, 1, 'number\n+33600000001\n+33600000095\n');
  const order = { freemium: false, priceOnly: false };
  const { taskId } = await client.ok<CleanReport>('POST', `${base}/receivers/1/clean`, order);
  await aSlot(platform, account, 1, 'number\n+33600000007\n');
  const step = await client.ok<{ status: string; step: string }>('GET', `${base}/task/${taskId}`);
  assert.deepEqual([step.status, step.step], ['doing', 'waitForHlrs']);
  await until('it has come to its end', async () => {
    await platform.advance(61_000);
    const task = await client.ok<{ status: string }>('GET', `${base}/task/${taskId}`);
    return task.status === 'error';
  });
  assert.equal(await client.ok('GET', `${base}/receivers/1/csv`), 'number\n+33600000007\n');
  assert.deepEqual(await client.ok('GET', `${base}/task?status=error`), [taskId]);
  assert.equal(
    (await platform.credit(account)).availableMicros,
    990_000n,
    'what no carrier answered is given back',
  );
});

test('a list that its account cannot pay to clean stays as it is', async () => {
  await using platform = await openListPlatform();
  const account = await platform.anAccount({ creditMicros: 10_000n });
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/receivers/1/clean`;
  await aSlot(platform, account, 1, 'number\n+33600000001\n+33600000002\n');
  const order = { freemium: false, priceOnly: false };
  assert.equal((await client.call('POST', path, order)).status, 501, 'no carrier looks numbers up');
  await platform.query('update connectors set removed_at = now()');
  assert.equal((await client.call('POST', path, order)).status, 403);
  assert.deepEqual(await client.ok('GET', `/sms/${account.serviceName}/task`), []);
  assert.deepEqual(await client.ok('GET', `/sms/${account.serviceName}/hlr`), []);
  assert.deepEqual(await platform.credit(account), { availableMicros: 10_000n, heldMicros: 0n });
});

test('the account receives a mail about the cleaned list, if there is a relay', async () => {
  await using platform = await openListPlatform({ config: { mailRelay: 'smtp://127.0.0.1:9' } });
  const account = await platform.anAccount({ email: 'owner@example.com' });
  const client = clientOf(platform, account);
  await aSlot(platform, account, 4, 'number\n+33600000001\n+33600000001\n0123456789\n');
  const order = { freemium: true, priceOnly: false };
  const path = `/sms/${account.serviceName}/receivers/4/clean`;
  await whenCleaned(platform, account, (await client.ok<CleanReport>('POST', path, order)).taskId);
  const [mail] = await platform.query<{ recipient: string; text: string }>(
    'select recipient, text from notifications',
  );
  assert.equal(mail!.recipient, 'owner@example.com');
  assert.match(mail!.text, /that are left: 1\n.*there twice: 1\n.*mobile phone: 1\n$/);
});
