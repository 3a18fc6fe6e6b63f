// Opt-outs entered by an operator, on a real database.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { createOperatorOptOuts } from './opt-outs.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const page = { limit: 1_000 };

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const { serviceName: name } = (await readAccount(testRows.query, await testRows.anAccount(0n)))!;
  const optOuts = createOperatorOptOuts({ database: testRows.database, clock: { now: () => nowMs } });
  const load = (text: string, skipsInvalid = false) =>
    optOuts.import(by, { account: name, csv: Buffer.from(text), reason: 'old list', skipsInvalid });
  const listed = async () =>
    (await optOuts.list(by, name, page)).map(({ msisdn, reason }) => `${msisdn} ${reason}`);
  return { testRows, name, optOuts, load, listed };
}

test('a number in any notation is entered once with its actor, reason and time', async (t) => {
  const { testRows, name, optOuts } = await open(t);
  assert.equal(await optOuts.add(by, name, '06 01 02 03 04', 'told us by telephone'), true);
  assert.equal(await optOuts.add(by, name, '+33601020304', 'again'), false);
  assert.deepEqual(await optOuts.list(by, name, page), [
    { msisdn: 33601020304, atMs: nowMs, actor: 'cli:alice', reason: 'told us by telephone' },
  ]);
  assert.deepEqual(await optOuts.list(by, name, { ...page, number: '+33601020305' }), []);
  const entries = await listAuditEntries(testRows.query, { limit: 5 });
  assert.deepEqual(
    entries.map(({ action, target, account }) => [action, target, account]),
    [['opt-out.added', '+33•••••••04', name]],
  );
});

test('a removal is kept with the removed entry', async (t) => {
  const { testRows, name, optOuts } = await open(t);
  await optOuts.add(by, name, '+33601020304', 'by letter');
  assert.equal(await optOuts.remove(by, name, '0601020304', 'a mistake'), true);
  assert.equal(await optOuts.remove(by, name, '0601020304', null), false);
  assert.deepEqual(await optOuts.list(by, name, page), []);
  assert.deepEqual(
    await testRows.query(
      'select msisdn, opted_out_by as "outBy", opted_out_reason as why, actor, reason from opt_out_removals',
    ),
    [{ msisdn: 33601020304, outBy: 'cli:alice', why: 'by letter', actor: 'cli:alice', reason: 'a mistake' }],
  );
});

test('a file is entered as a whole, and an export can be imported', async (t) => {
  const { name, optOuts, load, listed } = await open(t);
  await optOuts.add(by, name, '+33601020304', 'by letter');
  assert.deepEqual(
    await load('+33601020304\n0601020305;angry, twice\n\n0033601020306\n+33 6 01 02 03 06\n'),
    {
      added: 2,
      known: 1,
      repeated: 1,
      skipped: [],
    },
  );
  assert.deepEqual(await listed(), [
    '33601020304 by letter',
    '33601020305 angry, twice',
    '33601020306 old list',
  ]);
  let csv = '';
  const count = await optOuts.export(by, name, async (lines) => {
    csv += lines;
  });
  assert.equal(count, 3);
  for (const number of ['+33601020304', '+33601020305', '+33601020306'])
    await optOuts.remove(by, name, number, null);
  assert.equal((await load(csv)).added, 3);
  assert.deepEqual(await listed(), [
    '33601020304 by letter',
    '33601020305 angry, twice',
    '33601020306 old list',
  ]);
});

test('a file with an invalid line is refused as a whole, or entered without that line', async (t) => {
  const { load, listed } = await open(t);
  const text = 'number,why\n+33601020304,\nhello,\n+33140000000,\n';
  await assert.rejects(load(text), {
    mistakes: [
      'line 3: "hello" is not a telephone number; write it as +33601020304',
      'line 4: "+33140000000" is a fixed line, which takes no SMS',
    ],
  });
  assert.deepEqual(await listed(), []);
  assert.equal((await load(text, true)).skipped.length, 2);
  assert.deepEqual(await listed(), ['33601020304 old list']);
  for (const empty of ['', '\n\n', 'number,why\n'])
    await assert.rejects(load(empty), /the file has no number/);
});

test('an unknown account, a wrong number and a missing reason are refused', async (t) => {
  const { name, optOuts } = await open(t);
  await assert.rejects(optOuts.add(by, 'sms-nobody-1', '+33601020304', 'x'), /there is no account/);
  await assert.rejects(optOuts.add(by, name, '12', 'x'), /"12" is not a telephone number|country code/);
  await assert.rejects(optOuts.add(by, name, '+33601020304', ' '), /the reason is missing/);
});
