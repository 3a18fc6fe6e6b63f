// Orders of OVH's API that are completed later: histories written to documents, numbers looked up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv } from '../../src/lib/text/csv-reader.ts';
import { mobile } from '../support/clients.ts';
import { assertAnswer, assertModel } from '../support/ovh-contract.ts';
import { notice as anyNotice, type JobClient, jobClient, withShortCode } from '../support/ovh-jobs.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const notice = { ...anyNotice, sender: 'Chappe' };

/** Asks for an export, waits for its document, reads it as a spreadsheet would. */
async function exportOf({ ok, path }: JobClient, query: string, place = ''): Promise<readonly string[][]> {
  const id = await ok<string>('GET', `${path}${place}/document${query}`);
  assertAnswer('GET /sms/{serviceName}/document', id);
  const document = await until('the document is written', async () => {
    const read = await ok<{ size: number; getUrl: string }>('GET', `/me/document/${id}`);
    return read.size > 0 && read;
  });
  const bytes = Buffer.from(await (await fetch(document.getUrl)).arrayBuffer());
  assert.equal(bytes.length, document.size);
  const lines: string[][] = [];
  for await (const records of readCsv(asStream(bytes)))
    for (const { fields } of records) lines.push([...fields]);
  return lines;
}

async function* asStream(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('sent messages are exported with the columns of OVH, filtered by tag and by user', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const text = 'Dit "oui" ; à 9h\nou à 10h';
  const receivers = [`+${mobile(1)}`, `+${mobile(2, '90')}`];
  await client.ok('POST', `${client.path}/users`, { login: 'alice', password: 'motdepasse1' });
  const { ids } = await client.send({ ...notice, message: text, receivers, tag: 'mai' });
  const hers = await client.send({ ...notice, receivers: [`+${mobile(3)}`], tag: 'juin' }, '/users/alice');
  await client.send({ ...notice, receivers: [`+${mobile(4)}`], tag: 'mai', differedPeriod: 60 });
  await platform.customer.whenTaken(3, account.path);

  const [header, ...lines] = await exportOf(client, '?wayType=outgoing&tag=mai');
  assert.equal(
    header!.join(';'),
    'id;date;sender;receiver;ptt;operatorCode;descriptionDlr;tag;message;sentAt;deliveredAt',
  );
  const date = /^2026-11-18 10:00:\d\d$/;
  assert.deepEqual(
    lines.map(([id, , sender, receiver, ptt, code, told, tag, message]) => [
      ...[id, sender, receiver, ptt, code, told, tag, message],
    ]),
    [
      [String(ids[1]), 'Chappe', receivers[1], '5', '', 'Failed', 'mai', text],
      [String(ids[0]), 'Chappe', receivers[0], '4', '', 'Delivered', 'mai', text],
    ],
  );
  for (const [, created, , , , , , , , sent] of lines) {
    assert.match(created!, date);
    assert.match(sent!, date);
  }
  assert.deepEqual([lines[0]!.at(-1), date.test(lines[1]!.at(-1)!)], ['', true], 'only one was delivered');
  const ofUser = await exportOf(client, '?wayType=outgoing', '/users/alice');
  assert.deepEqual(
    ofUser.slice(1).map(([id]) => id),
    [String(hers.ids[0])],
  );
  assert.equal((await exportOf(client, '?wayType=outgoing&creationDatetime.to=2026-11-17')).length, 1);
  assert.equal((await client.call('GET', `${client.path}/document`)).status, 400);
  await platform.advance(61 * 60_000);
  await platform.customer.whenTaken(4, account.path);
  await platform.quiet();
});

test('received replies are exported', async () => {
  await using platform = await openPlatform();
  await withShortCode(platform);
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const from = `+${mobile(1, '98')}`;
  await client.send({ message: 'Demain ?', senderForResponse: true, receivers: [from], tag: 'rdv' });
  await platform.customer.whenTaken(2, account.path);
  const [header, ...lines] = await exportOf(client, '?wayType=incoming');
  assert.equal(header!.join(';'), 'id;date;sender;receiver;tag;message');
  assert.deepEqual(
    lines.map(([, , ...told]) => told),
    [[from, '38200', 'rdv', 'OK']],
  );
  await platform.quiet();
});

test('an export above the limit deletes its document', async () => {
  await using platform = await openPlatform({ config: { documentMegabytes: 1 } });
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const message = 'x'.repeat(1_530);
  for (let i = 0; i < 8; i++)
    await client.send({ ...notice, message, receivers: Array.from({ length: 100 }, (_, n) => mobile(n)) });
  const id = await client.ok<string>('GET', `${client.path}/document?wayType=outgoing`);
  await until('it is gone', async () => (await client.call('GET', `/me/document/${id}`)).status === 404);
  assert.equal((await platform.query('select from history_exports')).length, 0);
  await platform.quiet();
});

interface Lookup {
  readonly id: number;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** The simulated carrier looks numbers up while there is no other. */
async function withLookups(platform: TestPlatform, creditMicros = 1_000_000n): Promise<TestAccount> {
  await platform.query('update connectors set removed_at = now()');
  return platform.anAccount({ creditMicros });
}

test('look-ups are charged with their order, made afterwards, and refunded without an answer', async () => {
  await using platform = await openPlatform();
  const { ok, call, path } = jobClient(platform, await withLookups(platform));
  const numbers = ['00', '91', '94', '95'].map((ending, i) => `+${mobile(i, ending)}`);
  const before = await ok<{ creditsLeft: number }>('GET', path);
  const report = await ok<{ ids: number[]; totalCreditsRemoved: number }>('POST', `${path}/hlr`, {
    receivers: [...numbers, numbers[0], '0612345678', 'nobody'],
  });
  assertAnswer('POST /sms/{serviceName}/hlr', report);
  assert.deepEqual(report, {
    ids: report.ids,
    totalCreditsRemoved: 0.8,
    invalidReceivers: ['0612345678', 'nobody'],
    validReceivers: numbers,
    tag: '',
  });
  assert.deepEqual(await ok('GET', `${path}/hlr`), report.ids);
  const read = async () => {
    const lookups = await Promise.all(report.ids.map((id) => ok<Lookup>('GET', `${path}/hlr/${id}`)));
    for (const lookup of lookups) assertModel('sms.HlrLookupNumber', lookup);
    return lookups;
  };
  const lookups = await until('the carrier has answered, or not', async () => {
    await platform.advance(61_000);
    const now = await read();
    return now.every(({ status }) => status === 'done' || status === 'error') && now;
  });
  assert.deepEqual(
    lookups.map(({ status, valid, reachable, ported, operatorCode }) => [
      ...[status, valid, reachable, ported, operatorCode],
    ]),
    [
      ['done', true, true, false, '00101'],
      ['done', false, false, false, ''],
      ['done', true, true, true, '00101'],
      ['error', false, false, false, ''],
    ],
  );
  const operator = await ok<object>('GET', `${path}/hlr/${report.ids[0]}/operator`);
  assertAnswer('GET /sms/{serviceName}/hlr/{id}/operator', operator);
  assert.partialDeepStrictEqual(operator, { country: 'France', operator: 'Chappe Simulated Network' });
  const after = await ok<{ creditsLeft: number }>('GET', path);
  assert.equal(
    Math.round((before.creditsLeft - after.creditsLeft) * 10),
    6,
    'the one without answer is free',
  );
  assert.equal((await call('GET', `${path}/hlr/999999`)).status, 404);
});

test('look-ups are never beyond the credit, and another customer sees none of them', async () => {
  await using platform = await openPlatform();
  const poor = jobClient(platform, await withLookups(platform, 15_000n));
  const refused = await poor.call('POST', `${poor.path}/hlr`, { receivers: [mobile(1), mobile(2)] });
  assert.equal(refused.status, 403);
  assert.deepEqual(await poor.ok('GET', `${poor.path}/hlr`), []);
  const { ids } = await poor.ok<{ ids: number[] }>('POST', `${poor.path}/hlr`, { receivers: [mobile(1)] });
  const other = jobClient(platform, await platform.anAccount());
  assert.deepEqual(await other.ok('GET', `${other.path}/hlr`), []);
  assert.equal((await other.call('GET', `${other.path}/hlr/${ids[0]}`)).status, 404);
  await until('it is done', async () => {
    const lookup = await poor.ok<Lookup>('GET', `${poor.path}/hlr/${ids[0]}`);
    return lookup.status === 'done';
  });
});

test('the network of the receiver of an SMS is returned as far as it is known', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const { ok, send, path } = jobClient(platform, account);
  const { ids } = await send({ ...notice, receivers: [`+${mobile(1)}`] });
  await platform.customer.whenTaken(1, account.path);
  const read = async () => {
    const hlr = await ok<object>('GET', `${path}/outgoing/${ids[0]}/hlr`);
    assertAnswer('GET /sms/{serviceName}/outgoing/{id}/hlr', hlr);
    return hlr;
  };
  const nothing = { country: 'France', countryCode: 'FR', network: '', operator: '', region: '' };
  assert.deepEqual(await read(), nothing);
  await platform.query('update connectors set removed_at = now()');
  await ok('POST', `${path}/hlr`, { receivers: [mobile(1)] });
  await until('it is known', async () => {
    const { network } = await ok<Lookup>('GET', `${path}/outgoing/${ids[0]}/hlr`);
    return network !== '';
  });
  assert.partialDeepStrictEqual(await read(), { network: '00101', operator: 'Chappe Simulated Network' });
  await platform.quiet();
});
