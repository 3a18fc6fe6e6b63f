// Credit moves from an account to its sub-accounts: once, exactly, and never more than is available.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../../src/domain/account/account.ts';
import { RefusedError } from '../../src/domain/base/refusals.ts';
import { createSubAccount } from '../../src/operations/account/sub-accounts/create-sub-account.ts';
import {
  openCreditTransfer,
  type TransferOrder,
  transferCredit,
} from '../../src/operations/money/transfers.ts';
import { findAccount } from '../../src/store/accounts/accounts.ts';
import { field, mobile, sendLegacy } from '../support/clients.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

const contact = { firstName: 'Zoé', lastName: 'Martin', company: 'Atelier' };

async function open(platform: TestPlatform, account: TestAccount) {
  const parent = (await findAccount(platform.query, account.login)) as Account;
  return { parent, child: await createSubAccount(platform, parent, contact) };
}

function reasonOf(outcome: PromiseSettledResult<unknown>): string {
  if (outcome.status === 'fulfilled') return 'done';
  assert.ok(outcome.reason instanceof RefusedError, String(outcome.reason));
  return outcome.reason.refusal.reason;
}

const reasonsOf = async (work: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map(reasonOf).toSorted();

test('of many first steps at once one opens a transfer, and of many second steps one moves the credit', async () => {
  await using platform = await openPlatform();
  const giver = await platform.anAccount({ creditMicros: 1_000_000n });
  const { parent, child } = await open(platform, giver);
  const opened = await Promise.allSettled(
    Array.from({ length: 10 }, () => openCreditTransfer(platform, parent, child.login)),
  );
  const tokens = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  assert.equal(tokens.length, 1);
  assert.match(tokens[0]!, /^[0-9A-F]{32}$/);
  const order: TransferOrder = { token: tokens[0]!, amount: () => 400_000n, recipientEmail: child.login };
  const moved = await reasonsOf(Array.from({ length: 10 }, () => transferCredit(platform, parent, order)));
  assert.deepEqual(moved, ['done', ...Array(9).fill('transfer-token-wrong')]);
  assert.equal((await platform.credit(giver)).availableMicros, 600_000n);
  const rows = await platform.query('select kind, amount_micros as amount from ledger_entries order by id');
  assert.deepEqual(rows, [
    { kind: 'top_up', amount: 1_000_000 },
    { kind: 'adjustment', amount: -400_000 },
    { kind: 'adjustment', amount: 400_000 },
  ]);
});

test('a concurrent campaign and transfer never exceed the available credit', async () => {
  await using platform = await openPlatform();
  const giver = await platform.anAccount({ creditMicros: 10n * priceMicros });
  const { parent, child } = await open(platform, giver);
  for (let round = 0; round < 5; round++) {
    const token = await openCreditTransfer(platform, parent, child.login);
    await Promise.allSettled([
      transferCredit(platform, parent, { token, amount: () => 4n * priceMicros, recipientEmail: null }),
      ...Array.from({ length: 4 }, (_, i) =>
        sendLegacy(platform.url, giver, { to: [mobile(round * 10 + i)] }),
      ),
    ]);
    assert.ok((await platform.credit(giver)).availableMicros >= 0n);
  }
  await platform.quiet();
});

test('while a transfer is open no campaign starts, and an hour later one does', async () => {
  await using platform = await openPlatform();
  const giver = await platform.anAccount();
  const { parent, child } = await open(platform, giver);
  await openCreditTransfer(platform, parent, child.login);
  assert.equal((await sendLegacy(platform.url, giver, { to: [mobile(1)], requestId: 'r' })).code, '206');
  assert.deepEqual(await reasonsOf([openCreditTransfer(platform, parent, child.login)]), [
    'transfer-already-open',
  ]);
  await platform.advance(3_600_000);
  assert.equal((await sendLegacy(platform.url, giver, { to: [mobile(1)], requestId: 'r' })).code, '000');
  await platform.customer.whenTold(mobile(1));
});

test('the refusals of a transfer come one after another, and a refused one lets the next begin', async () => {
  await using platform = await openPlatform();
  const giver = await platform.anAccount({ creditMicros: 1_000_000n });
  const other = await platform.anAccount();
  const { parent, child } = await open(platform, giver);
  const second = await createSubAccount(platform, parent, contact);
  const first = (email: string, from = parent) => reasonsOf([openCreditTransfer(platform, from, email)]);
  assert.deepEqual(await first('nobody'), ['transfer-recipient-invalid']);
  assert.deepEqual(await first(giver.login), ['transfer-recipient-invalid']);
  assert.deepEqual(await first(other.login), ['transfer-recipient-foreign']);
  assert.deepEqual(await first(child.login, child.account), ['feature-unavailable']);
  await platform.query("update accounts set status = 'blocked' where id = $1", [second.account.id]);
  assert.deepEqual(await first(second.login), ['transfer-recipient-blocked']);

  const step = async (order: Partial<TransferOrder>) => {
    const token = await openCreditTransfer(platform, parent, child.login);
    const whole = { token, amount: () => 1n, recipientEmail: child.login, ...order };
    return (await reasonsOf([transferCredit(platform, parent, whole)]))[0];
  };
  assert.equal(await step({ recipientEmail: second.login }), 'transfer-recipient-foreign');
  assert.equal(await step({ amount: () => 0n }), 'transfer-too-small');
  assert.equal(await step({ amount: () => 1_000_001n }), 'credit-insufficient');
  assert.equal(await step({ amount: () => 1_000_000n }), 'done');
  assert.equal(await step({ token: 'F'.repeat(32) }), 'transfer-token-wrong');
  assert.equal((await platform.credit(giver)).availableMicros, 0n);
});

test('a sub-account sends with its keys and credit; the twenty-first is refused, also under concurrent requests', async () => {
  await using platform = await openPlatform();
  const giver = await platform.anAccount();
  const { parent, child } = await open(platform, giver);
  const keys = { login: child.login, apiKey: child.apiKey };
  assert.equal((await sendLegacy(platform.url, keys, { to: [mobile(1)] })).code, '104');
  const token = await openCreditTransfer(platform, parent, child.login);
  await transferCredit(platform, parent, { token, amount: () => priceMicros, recipientEmail: null });
  const sent = await sendLegacy(platform.url, keys, { to: [mobile(1)] });
  assert.equal(sent.code, '000');
  assert.equal(field(sent.body, 'balance'), '0.00');
  const more = await reasonsOf(Array.from({ length: 24 }, () => createSubAccount(platform, parent, contact)));
  assert.equal(more.filter((reason) => reason === 'done').length, 19);
  assert.equal(more.filter((reason) => reason === 'sub-accounts-too-many').length, 5);
  assert.deepEqual(await reasonsOf([createSubAccount(platform, child.account, contact)]), [
    'feature-unavailable',
  ]);
  await platform.quiet();
});
