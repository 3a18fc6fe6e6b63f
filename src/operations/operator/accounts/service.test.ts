// Keys, credit and the closing of an account, on a real database.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeal } from '#lib/security/sealing.ts';
import { hashSecretHex } from '#lib/security/secrets.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { findByCredential } from '#store/accounts/accounts.ts';
import { audit, keepPartitions } from '#store/money/ledger.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { createOperatorAccounts } from './service.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });

async function open(t: Parameters<typeof TestRows.openFor>[0], creditMicros = 1_000_000n) {
  const testRows = await TestRows.openFor(t);
  const id = await testRows.anAccount(creditMicros);
  const seal = createSeal('a secret of the tests');
  const accounts = createOperatorAccounts({ database: testRows.database, clock: { now: () => nowMs }, seal });
  const { account } = await accounts.show(by, 'account1@example.com');
  const entries = () => listAuditEntries(testRows.query, { accountId: id, limit: 10 });
  const opens = async (login: string, key: string) => {
    const found = await findByCredential(testRows.query, 'octopush', login);
    return found?.secrets.some((secret) => secret.toString('hex') === hashSecretHex(key)) ?? false;
  };
  return { testRows, id, accounts, name: account.serviceName, entries, opens };
}

test('a new Octopush key is valid in addition to the old one, and each is revoked alone, by its id or itself', async (t) => {
  const { accounts, name, opens, entries } = await open(t);
  const [first, second] = [
    await accounts.addKey(by, name, 'octopush'),
    await accounts.addKey(by, name, 'octopush'),
  ];
  assert.ok(first.dialect === 'octopush' && second.dialect === 'octopush');
  assert.ok((await opens(first.userLogin, first.apiKey)) && (await opens(second.userLogin, second.apiKey)));
  const [{ id } = { id: '' }] = (await accounts.show(by, name)).keys;
  assert.equal(await accounts.revokeKey(by, name, first.apiKey), id);
  assert.equal(await opens(first.userLogin, first.apiKey), false);
  assert.equal(await opens(second.userLogin, second.apiKey), true);
  await accounts.revokeKey(by, name, (await accounts.show(by, name)).keys[0]!.id);
  assert.equal(await opens(second.userLogin, second.apiKey), false);
  await assert.rejects(accounts.revokeKey(by, name, id), /has no key of this id/);
  const trail = await entries();
  assert.deepEqual(
    trail.map((entry) => entry.action),
    ['key.revoked', 'key.revoked', 'key.added', 'key.added'],
  );
  assert.ok(!JSON.stringify(trail).includes(first.apiKey), 'no secret in the audit trail');
});

test('an OVH application and a user of http2sms are created and revoked', async (t) => {
  const { accounts, name } = await open(t);
  const ovh = await accounts.addKey(by, name, 'ovh');
  const user = await accounts.addKey(by, name, 'http2sms');
  assert.ok(ovh.dialect === 'ovh' && user.dialect === 'http2sms');
  assert.deepEqual(
    (await accounts.show(by, name)).keys.map(({ dialect, identifier }) => [dialect, identifier]),
    [
      ['http2sms', 'user1'],
      ['ovh', ovh.applicationKey],
    ],
  );
  await accounts.revokeKey(by, name, ovh.consumerKey);
  await accounts.revokeKey(by, name, 'user1');
  assert.deepEqual((await accounts.show(by, name)).keys, []);
});

test('a closed account has no keys, and gets none', async (t) => {
  const { accounts, name, opens } = await open(t);
  const key = await accounts.addKey(by, name, 'octopush');
  await accounts.addKey(by, name, 'ovh');
  assert.ok(key.dialect === 'octopush');
  assert.equal(await accounts.close(by, name, 'has left'), true);
  assert.equal(await accounts.close(by, name, null), false);
  const { account, keys } = await accounts.show(by, name);
  assert.deepEqual([account.status, keys], ['closed', []]);
  assert.equal(await opens(key.userLogin, key.apiKey), false);
  await assert.rejects(accounts.addKey(by, name, 'octopush'), /is closed and gets no keys/);
});

test('credit is removed to the last micro that is not held, and the ledger balances', async (t) => {
  const { testRows, accounts, id, name, entries } = await open(t, 1_000_000n);
  await testRows.aCampaign(id, 3);
  await assert.rejects(
    accounts.takeCredit(by, name, '0.850001', 'too much'),
    /only 0\.850000 EUR is available/,
  );
  const { balanceMicros, heldMicros } = await accounts.takeCredit(by, name, '0.85', 'paid back');
  assert.equal(balanceMicros, heldMicros);
  await accounts.addCredit(by, name, '2.5', null);
  const differences = await testRows.database.transaction(async (query) => {
    await keepPartitions(query);
    return audit(query);
  });
  assert.deepEqual(differences, []);
  const [added, taken] = await entries();
  assert.deepEqual(
    [added!.action, taken!.action, taken!.before, taken!.after],
    ['credit.added', 'credit.taken', { balance: '1.000000' }, { balance: '0.150000', note: 'paid back' }],
  );
});

for (const [amount, told] of [
  ['0', /above 0/],
  ['-1', /above 0/],
  ['1,50', /decimal comma; write 1\.50/],
  ['', /amount in euro/],
  ['1.0000001', /amount in euro/],
  ['1e3', /amount in euro/],
  ['99999999999999999999', /more than/],
] as const)
  test(`an amount of "${amount}" is refused, and nothing changes`, async (t) => {
    const { accounts, name, entries } = await open(t);
    await assert.rejects(accounts.takeCredit(by, name, amount, 'why'), told);
    await assert.rejects(accounts.addCredit(by, name, amount, null), told);
    assert.equal((await accounts.show(by, name)).balance.balanceMicros, 1_000_000n);
    assert.deepEqual(await entries(), []);
  });

test('a removal of credit without a note, an unknown dialect and an unknown account are refused', async (t) => {
  const { accounts, name } = await open(t);
  await assert.rejects(accounts.takeCredit(by, name, '0.1', '  '), /note is missing/);
  await assert.rejects(accounts.addKey(by, name, 'telex'), /"telex" is not a dialect with keys/);
  await assert.rejects(accounts.show(by, 'sms-nobody-1'), /there is no account sms-nobody-1/);
});
