// The history of OVH's API: single messages, by tag, by user; hidden messages; replies; opt-outs; and the callbacks of the same
// events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../src/domain/account/account.ts';
import { updateSettings } from '../../src/store/accounts/accounts.ts';
import { notify } from '../../src/store/database/notices.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { assertAnswer } from '../support/ovh-contract.ts';
import {
  advert as anyAdvert,
  notice as anyNotice,
  type JobClient,
  jobClient,
  withShortCode,
} from '../support/ovh-jobs.ts';
import { openPlatform, type TestAccount, type TestPlatform, workingHours } from '../support/platform.ts';
import { until } from '../support/until.ts';

const minute = 60_000;
const notice = { ...anyNotice, sender: 'Chappe' };
const advert = { ...anyAdvert, sender: 'Chappe' };

interface Outgoing {
  readonly id: number;
  readonly creationDatetime: string;
  readonly sentAt: string | null;
  readonly deliveredAt: string | null;
  readonly deliveryReceipt: number;
  readonly ptt: number;
  readonly messageID: string;
  readonly [field: string]: unknown;
}

async function readOutgoing({ ok, path }: JobClient, id: number): Promise<Outgoing> {
  const outgoing = await ok<Outgoing>('GET', `${path}/outgoing/${id}`);
  assertAnswer('GET /sms/{serviceName}/outgoing/{id}', outgoing);
  return outgoing;
}

/** The ids that a filter lets through. */
async function listOutgoing({ ok, path }: JobClient, query = '', place = ''): Promise<number[]> {
  const ids = await ok<number[]>('GET', `${path}${place}/outgoing${query}`);
  assertAnswer('GET /sms/{serviceName}/outgoing', ids);
  return ids;
}

const fieldsOf = (platform: TestPlatform, account: TestAccount, count: number) =>
  platform.customer.whenTaken(count, account.path).then((pushes) => pushes.map(({ fields }) => fields));

test('an SMS is sent, and its report and its callback have the same content', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ids } = await client.send({ ...notice, receivers: [`+${mobile(1)}`] });
  const [push] = await platform.customer.whenTaken(1, account.path);
  assert.equal(push?.method, 'GET');
  const { date, ...fields } = push.fields;
  assert.match(date!, /^2026-11-18 10:00:\d\d$/);
  assert.deepEqual(fields, {
    id: String(ids[0]),
    ptt: '4',
    description: '1',
    descriptionDlr: 'Delivered',
    dlr: '1',
  });
  const outgoing = await readOutgoing(client, ids[0]!);
  const { messageID, creationDatetime, sentAt, deliveredAt, ...told } = outgoing;
  for (const instant of [creationDatetime, sentAt!, deliveredAt!])
    assert.match(instant, /^2026-11-18T10:00:\d\d\+01:00$/);
  assert.deepEqual(told, {
    id: ids[0],
    batchID: null,
    credits: 1,
    deliveryReceipt: 1,
    differedDelivery: 0,
    message: notice.message,
    messageLength: notice.message.length,
    numberOfSms: 1,
    ptt: 4,
    receiver: `+${mobile(1)}`,
    sender: 'Chappe',
    tag: '',
    tariffCode: 'FR',
  });
  assert.deepEqual(await listOutgoing(client, `?messageID=${messageID}`), ids);
  assert.deepEqual(await listOutgoing(client, '?messageID=a3bb189e-8bf9-4bc1-9f9e-0d0f4a0c4f4f'), []);
  await platform.quiet();
});

/** Ending of the number; deliveryReceipt, ptt, credits. */
const fates = [
  ['00', 1, 4, 1],
  ['90', 2, 5, 1],
  ['91', 16, 23, 0],
  ['92', 2, 8, 1],
  ['93', 0, 3, 1],
] as const;

test('by tag: every fate has its numbers, and reports are made of them', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const receivers = fates.map(([ending], i) => `+${mobile(i, ending)}`);
  const { ids } = await client.send({ ...notice, receivers, tag: 'relance' });
  await client.send({ ...notice, receivers: [`+${mobile(50)}`], tag: 'autre' });
  const pushes = await fieldsOf(platform, account, 5);
  await platform.quiet();
  const read = await Promise.all(ids.map((id) => readOutgoing(client, id)));
  assert.deepEqual(
    read.map(({ deliveryReceipt, ptt, credits }) => [deliveryReceipt, ptt, credits]),
    fates.map(([, ...told]) => told),
  );
  const told = new Map(pushes.map(({ id, ptt, dlr }) => [Number(id), [Number(dlr), Number(ptt)]]));
  for (const { id, deliveryReceipt, ptt } of read)
    if (deliveryReceipt !== 0) assert.deepEqual(told.get(id), [deliveryReceipt, ptt]);

  assert.deepEqual(await listOutgoing(client, '?tag=relance'), ids);
  for (const [i, [, deliveryReceipt, ptt]] of fates.entries()) {
    const alike = fates.flatMap(([, receipt], at) => (receipt === deliveryReceipt ? [ids[at]] : []));
    assert.deepEqual(await listOutgoing(client, `?tag=relance&deliveryReceipt=${deliveryReceipt}`), alike);
    assert.deepEqual(await listOutgoing(client, `?tag=relance&ptt=${ptt}`), [ids[i]]);
  }
  const [first] = read;
  const secondsToDeliver = (Date.parse(first!.deliveredAt!) - Date.parse(first!.sentAt!)) / 1000;
  assert.ok(secondsToDeliver >= 0);
});

test('filters narrow each other: sender, receiver, deferral, dates of either end', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const send = async (job: object) => (await client.send({ ...notice, ...job })).ids[0]!;
  const first = await send({ receivers: [`+${mobile(1)}`] });
  await platform.advance(2 * minute);
  await client.ok('POST', `${client.path}/senders`, { sender: 'Autre', reason: 'un test' });
  const second = await send({ receivers: [`+${mobile(1)}`], sender: 'Autre' });
  const waiting = await send({ receivers: [`+${mobile(2)}`], differedPeriod: 30 });
  const list = (query: string) => listOutgoing(client, query);
  assert.deepEqual(await list(''), [first, second], 'what waits is a job');
  assert.deepEqual(await list('?deliveryReceipt=4'), [waiting]);
  assert.partialDeepStrictEqual(await readOutgoing(client, waiting), {
    deliveryReceipt: 4,
    sentAt: null,
    deliveredAt: null,
    differedDelivery: 30,
  });
  const hidden = await client.call('DELETE', `${client.path}/outgoing/${waiting}`);
  assert.equal(hidden.status, 404, 'it would leave unseen');
  assert.deepEqual(await list('?sender=autre'), [second]);
  assert.deepEqual(await list(`?receiver=${encodeURIComponent(`+${mobile(1)}`)}`), [first, second]);
  assert.deepEqual(
    await list(`?receiver=+${mobile(1)}&sender=Chappe`),
    [first],
    'a plus that became a blank',
  );
  assert.deepEqual(await list('?receiver=nobody'), []);
  const after = encodeURIComponent('2026-11-18T10:01:00+01:00');
  assert.deepEqual(await list(`?creationDatetime.from=${after}`), [second]);
  assert.deepEqual(await list(`?creationDatetime.to=${after}`), [first]);
  const { creationDatetime } = await readOutgoing(client, first);
  const instant = creationDatetime.slice(0, 19);
  const sameSecond = `?creationDatetime.from=${instant}&creationDatetime.to=${instant.replaceAll('-', '')}`;
  assert.deepEqual(await list(sameSecond), [first], 'whole seconds, in the time of Paris');
  await platform.advance(31 * minute);
  await platform.customer.whenTaken(3, account.path);
  assert.deepEqual(await list('?differedDelivery=30'), [waiting]);
  await platform.quiet();
});

test('the history has messages of every dialect, and none of another account', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const stranger = await platform.anAccount();
  await sendLegacy(platform.url, account, { to: [mobile(1)], text: 'Par Octopush' });
  await platform.customer.whenTaken(1, account.path);
  const client = jobClient(platform, account);
  const [id] = await listOutgoing(client);
  assert.partialDeepStrictEqual(await readOutgoing(client, id!), {
    message: 'Par Octopush',
    deliveryReceipt: 1,
  });
  const other = jobClient(platform, stranger);
  assert.deepEqual(await listOutgoing(other), []);
  for (const method of ['GET', 'DELETE'])
    assert.equal((await other.call(method, `${other.path}/outgoing/${id}`)).status, 404);
  await platform.quiet();
});

test("a user sees the messages that the user sent, and receives callbacks at the user's address", async () => {
  await using platform = await openPlatform({ config: { allowPrivateCallbacks: true } });
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const user = `${client.path}/users/alice`;
  await client.ok('POST', `${client.path}/users`, { login: 'alice', password: 'motdepasse1' });
  await client.ok('PUT', user, { callBack: platform.customer.url('/alice?key=1') });
  const own = await client.send({ ...notice, receivers: [`+${mobile(1)}`] });
  const hers = await client.send({ ...notice, receivers: [`+${mobile(2)}`] }, '/users/alice');
  const [push] = await platform.customer.whenTaken(1, '/alice');
  assert.partialDeepStrictEqual(push!.fields, { key: '1', id: String(hers.ids[0]), dlr: '1' });
  const [other] = await platform.customer.whenTaken(1, account.path);
  assert.equal(other!.fields['id'], String(own.ids[0]));
  assert.deepEqual(await listOutgoing(client, '', '/users/alice'), hers.ids);
  assert.deepEqual(await listOutgoing(client), [...own.ids, ...hers.ids]);
  assert.equal((await client.call('GET', `${user}/outgoing/${own.ids[0]}`)).status, 404);
  assert.equal((await client.call('GET', `${client.path}/users/nobody/outgoing`)).status, 404);
  await client.ok('GET', `${user}/outgoing/${hers.ids[0]}`);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 2);
});

test('a user may be called back where the account is not', async () => {
  await using platform = await openPlatform({ config: { allowPrivateCallbacks: true } });
  const account = await platform.anAccount({ callbackPath: null });
  const client = jobClient(platform, account);
  await client.ok('POST', `${client.path}/users`, { login: 'bob', password: 'motdepasse1' });
  await client.ok('PUT', `${client.path}/users/bob`, {
    callBack: platform.customer.url('/bob'),
    stopCallBack: platform.customer.url('/bob/stop'),
  });
  const receivers = [`+${mobile(1)}`, `+${mobile(2, '99')}`];
  await client.send({ ...advert, receivers }, '/users/bob');
  await client.send({ ...notice, receivers });
  const pushes = await platform.customer.whenTaken(2, '/bob');
  const [stop] = await platform.customer.whenTaken(1, '/bob/stop');
  assert.deepEqual(stop!.fields['receiver'], `+${mobile(2, '99')}`);
  assert.deepEqual(
    pushes.map(({ fields }) => fields['dlr']),
    ['1', '1'],
  );
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 3);
});

test('a number has a separate history of its sent and received messages', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  for (const number of ['33700000001', '33700000002']) {
    const virtual = { number, kind: 'virtual', countries: [] } as const;
    await insertReplyNumber(platform.query, virtual, platform.clock.now());
    await assignNumber(platform.query, number, account.id);
  }
  const [place, other] = ['/virtualNumbers/+33700000001', '/virtualNumbers/0033700000002'];
  const message = 'Demain ?';
  const receivers = [`+${mobile(1, '98')}`];
  const { ids } = await client.send({ message, receivers, tag: 'rdv' }, place);
  const byName = await client.send({ ...notice, receivers });
  await platform.customer.whenTaken(3, account.path);
  assert.deepEqual(await listOutgoing(client, '', place), ids);
  assert.deepEqual(await listOutgoing(client, `?tag=rdv&sender=33700000001`, place), ids);
  assert.deepEqual(await listOutgoing(client, `?sender=Chappe`, place), []);
  assert.deepEqual(await listOutgoing(client, '', other), []);
  const status = async (path: string) => (await client.call('GET', `${client.path}${path}`)).status;
  assert.equal(await status(`${place}/outgoing/${ids[0]}`), 200);
  assert.equal(await status(`${place}/outgoing/${byName.ids[0]}`), 404);
  assert.equal(await status('/virtualNumbers/+33700000003/outgoing'), 404);

  const incoming = await client.ok<number[]>('GET', `${client.path}${place}/incoming`);
  assert.equal(incoming.length, 1);
  assert.deepEqual(await client.ok('GET', `${client.path}${other}/incoming`), []);
  assert.equal(await status(`${place}/incoming/${incoming[0]}`), 200);
  assert.equal(await status(`${other}/incoming/${incoming[0]}`), 404);
  await client.ok('DELETE', `${client.path}${place}/incoming/${incoming[0]}`);
  assert.equal(await status(`/incoming/${incoming[0]}`), 404);
  await platform.quiet();
});

test('a hidden message is not in the history, and stays charged', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ids } = await client.send({ ...notice, receivers: [`+${mobile(1)}`, `+${mobile(2)}`] });
  await platform.quiet();
  const before = await platform.credit(account);
  assert.equal(await client.ok('DELETE', `${client.path}/outgoing/${ids[0]}`), null);
  assert.equal((await client.call('DELETE', `${client.path}/outgoing/${ids[0]}`)).status, 404);
  assert.equal((await client.call('GET', `${client.path}/outgoing/${ids[0]}`)).status, 404);
  assert.deepEqual(await listOutgoing(client), [ids[1]]);
  assert.deepEqual(await platform.credit(account), before);
  assert.equal(await platform.count('messages'), 2);
});

test('two-way: an answer is pushed to the cgi, pulled, and deleted after reading', async () => {
  await using platform = await openPlatform();
  await withShortCode(platform);
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ok, path } = client;
  const { ids } = await client.send({
    message: 'Etes-vous disponible demain ?',
    senderForResponse: true,
    receivers: [`+${mobile(1, '98')}`],
    tag: 'rdv',
  });
  const pushes = await platform.customer.whenTaken(2, account.path);
  const reply = pushes.find(({ method }) => method === 'POST');
  assert.match(reply!.headers['content-type']!, /^application\/x-www-form-urlencoded/);
  const { id, ...fields } = reply!.fields;
  assert.deepEqual(fields, {
    senderid: `+${mobile(1, '98')}`,
    message: 'OK',
    tag: 'rdv',
    shortcode: '38200',
  });
  assert.deepEqual(
    pushes.flatMap(({ method, fields: { dlr, id: of } }) => (method === 'GET' ? [[dlr, of]] : [])),
    [['1', String(ids[0])]],
  );

  const incoming = await ok<{ creationDatetime: string }>('GET', `${path}/incoming/${id}`);
  assertAnswer('GET /sms/{serviceName}/incoming/{id}', incoming);
  const { creationDatetime, ...told } = incoming;
  assert.match(creationDatetime, /^2026-11-18T10:00:\d\d\+01:00$/);
  assert.deepEqual(told, {
    id: Number(id),
    credits: 0,
    message: 'OK',
    sender: `+${mobile(1, '98')}`,
    tag: 'rdv',
  });
  const list = (query: string) => ok<number[]>('GET', `${path}/incoming${query}`);
  assert.deepEqual(await list(''), [Number(id)]);
  assert.deepEqual(await list(`?tag=rdv&sender=%2B${mobile(1, '98')}`), [Number(id)]);
  for (const none of ['?tag=autre', `?sender=%2B${mobile(2)}`, '?creationDatetime.to=2026-11-17'])
    assert.deepEqual(await list(none), [], none);
  await ok('DELETE', `${path}/incoming/${id}`);
  assert.deepEqual(await list(''), []);
  for (const method of ['GET', 'DELETE'])
    assert.equal((await client.call(method, `${path}/incoming/${id}`)).status, 404);
  await platform.quiet();
});

test('a STOP is pushed, listed, and cancels waiting messages; after its removal the phone receives messages again', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ok, path } = client;
  const number = mobile(1, '99');
  const receivers = [`+${number}`];
  const later = await client.send({ ...advert, receivers, differedPeriod: 60 });
  const sent = await client.send({ ...advert, receivers });
  const pushes = await fieldsOf(platform, account, 3);
  const stop = pushes.find(({ action }) => action === 'stop');
  assert.match(stop!['date']!, /^2026-11-18 10:00:\d\d$/);
  assert.partialDeepStrictEqual(stop, { id: String(sent.ids[0]), receiver: `+${number}` });
  const cancelled = pushes.find(({ id, action }) => id === String(later.ids[0]) && action === undefined);
  assert.partialDeepStrictEqual(cancelled, { ptt: '23', dlr: '16' });
  assert.deepEqual(await ok('GET', `${path}/jobs`), []);
  assert.partialDeepStrictEqual(await readOutgoing(client, later.ids[0]!), {
    deliveryReceipt: 16,
    credits: 0,
  });

  assert.deepEqual(await ok('GET', `${path}/blacklists`), [`+${number}`]);
  assert.deepEqual(await ok('GET', `${path}/blacklists?smsOutgoingID=${sent.ids[0]}`), [`+${number}`]);
  assert.deepEqual(await ok('GET', `${path}/blacklists?smsOutgoingID=${later.ids[0]}`), []);
  const entry = await ok<object>('GET', `${path}/blacklists/+${number}`);
  assertAnswer('GET /sms/{serviceName}/blacklists/{number}', entry);
  assert.partialDeepStrictEqual(entry, { number: `+${number}`, batchID: null, smsOutgoingID: sent.ids[0] });
  assert.deepEqual((await client.send({ ...advert, receivers })).invalidReceivers, receivers);

  await ok('DELETE', `${path}/blacklists/%2B${number}`);
  assert.deepEqual(await ok('GET', `${path}/blacklists`), []);
  for (const method of ['GET', 'DELETE'])
    assert.equal((await client.call(method, `${path}/blacklists/+${number}`)).status, 404);
  const again = await client.send({ ...advert, receivers });
  assert.deepEqual(again.validReceivers, receivers);
  await until('the phone has said STOP again', async () => {
    const [row] = await platform.query<{ n: number }>('select count(*) as n from messages where status = 2');
    return row!.n === 2;
  });
  await platform.quiet();
});

test('messages and opt-outs of a batch are found by the batch', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ok, path } = client;
  const to = [`+${mobile(1)}`, `+${mobile(2, '99')}`];
  const batch = await ok<{ id: string }>('POST', `${path}/batches`, {
    name: 'mai',
    message: 'Soldes',
    from: 'Chappe',
    to,
    tag: 'soldes',
  });
  const other = await client.send({ ...notice, receivers: [`+${mobile(3)}`], tag: 'soldes' });
  await platform.customer.whenTaken(4, account.path);
  const ids = await listOutgoing(client, `?batchID=${batch.id}`);
  assert.equal(ids.length, 2);
  assert.deepEqual(await listOutgoing(client, `?tag=soldes&batchID=${batch.id}`), ids);
  assert.deepEqual(new Set(await listOutgoing(client, '?tag=soldes')), new Set([...ids, ...other.ids]));
  assert.equal((await readOutgoing(client, ids[0]!))['batchID'], batch.id);
  assert.deepEqual(await ok('GET', `${path}/blacklists?batchID=${batch.id}`), [to[1]]);
  const nobody = 'a3bb189e-8bf9-4bc1-9f9e-0d0f4a0c4f4f';
  assert.deepEqual(await ok('GET', `${path}/blacklists?batchID=${nobody}`), []);
  assert.deepEqual(await listOutgoing(client, `?batchID=${nobody}`), []);
  const entry = await ok<object>('GET', `${path}/blacklists/${to[1]}`);
  assert.partialDeepStrictEqual(entry, { batchID: batch.id, smsOutgoingID: ids[1] });
  await platform.quiet();
});

test('a callback address is called only if it is public, with any parameters that we add', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const client = jobClient(platform, account);
  const receiptUrl = platform.customer.url('/private?key=1');
  assert.equal((await client.call('PUT', client.path, { callBack: receiptUrl })).status, 400);
  // As if its name had led to a public place when it was set.
  const callbacks = { ...defaultSettings.callbacks, receiptUrl, customerUrls: [receiptUrl] };
  await updateSettings(platform.query, account.id, { callbacks });
  await notify(platform.query, 'accounts');
  await until('the settings are known', async () => {
    const { callBack } = await client.ok<{ callBack: string | null }>('GET', client.path);
    return callBack === receiptUrl;
  });
  await client.send({ ...notice, receivers: [`+${mobile(1)}`] });
  const error = await until('it was tried', async () => {
    const [attempt] = await platform.query<{ error: string }>('select error from callback_attempts');
    return attempt?.error;
  });
  assert.match(error, /not public/);
  assert.deepEqual(platform.customer.pushes, []);
});

test('a callback that is not answered with 200 is tried again with the same query', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  platform.customer.manner = () => (platform.customer.pushes.length === 0 ? 500 : 200);
  await jobClient(platform, account).send({ ...notice, receivers: [`+${mobile(1)}`] });
  await until('it failed once', () => platform.customer.pushes.length === 1);
  await until('it is due again', async () => {
    await platform.advance(minute);
    return platform.customer.taken.length === 1;
  });
  const [first, second] = platform.customer.pushes;
  assert.equal(first!.query, second!.query);
  assert.ok(platform.clock.now() > workingHours);
  await platform.quiet();
});
