// The audit of the ledger: no finding on correct rows, and one for each planted fault.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { finishMessages } from '#store/pipeline/messages.ts';
import {
  carriage,
  costMicros,
  insertCarrierRefs,
  nowMs,
  settle,
  TestRows,
} from '../../../test/support/rows.ts';
import { audit, insertTopUp, readBalance } from './ledger.ts';

let testRows: TestRows;
let account: number;
let other: number;

before(async () => {
  testRows = await TestRows.open();
  account = await testRows.anAccount();
  other = await testRows.anAccount();
  const { query } = testRows;
  const ids = await testRows.aCampaign(account, 4);
  await testRows.aCampaign(other, 2);
  const [first, second, third] = ids as [number, number, number];
  const [delivered, refused] = [[first, second], [third]];
  await insertCarrierRefs(
    query,
    0,
    delivered!.map((messageId) => ({
      messageId,
      part: 0,
      connectorId: 1,
      reference: `r${messageId}`,
      atMs: nowMs,
    })),
  );
  const settlement = (kind: 'charge' | 'release') => (messageId: number) => ({
    messageId,
    accountId: account,
    kind,
    costMicros,
    carriage: kind === 'charge' ? carriage : null,
  });
  await settle(
    query,
    0,
    [...delivered!.map(settlement('charge')), ...refused!.map(settlement('release'))],
    nowMs,
  );
  const news = { error: null, connectorId: 1, submittedAtMs: nowMs, atMs: nowMs };
  await finishMessages(
    query,
    0,
    [
      { ...news, messageId: first, deliveredSegments: 1, status: 'delivered' },
      { ...news, messageId: third, deliveredSegments: 0, status: 'rejected' },
    ],
    null,
    nowMs,
  );
});

after(() => testRows[Symbol.asyncDispose]());

test('the audit finds nothing in a ledger that the platform wrote', async () => {
  assert.deepEqual(await audit(testRows.query), []);
  assert.deepEqual(await readBalance(testRows.query, { bucket: 0, id: account }), {
    balanceMicros: 1_000_000_000n - 2n * costMicros,
    heldMicros: costMicros,
    availableMicros: 1_000_000_000n - 3n * costMicros,
  });
});

const ofAccount = 'where account_id = $1';
const aCharge = `id = (select min(id) from ledger_entries ${ofAccount} and kind = 'charge')`;

/** A change of the ledger, and the invariant that must report it. */
const tamperings: readonly (readonly [what: string, text: string, rule: string])[] = [
  [
    'a balance is raised',
    `update balances set balance_micros = balance_micros + 1 ${ofAccount}`,
    'the stored balance is top-ups plus adjustments minus charges',
  ],
  [
    'a top-up is removed',
    `delete from ledger_entries ${ofAccount} and kind = 'top_up'`,
    'the stored balance is top-ups plus adjustments minus charges',
  ],
  [
    'the held amount is lowered',
    `update balances set held_micros = held_micros - 1 ${ofAccount}`,
    'the held amount is holds minus charges minus releases',
  ],
  [
    'a release is removed',
    `delete from ledger_entries ${ofAccount} and kind = 'release'`,
    'the held amount is holds minus charges minus releases',
  ],
  [
    'more is charged than the balance',
    `update balances set balance_micros = held_micros - 1 ${ofAccount}`,
    'no account is overdrawn',
  ],
  [
    'a hold is lowered',
    `update ledger_entries set amount_micros = amount_micros - 1 ${ofAccount} and kind = 'hold'`,
    'the holds of an account are the prices of its campaigns',
  ],
  [
    'a campaign disappears',
    `delete from campaigns ${ofAccount}`,
    'the holds of an account are the prices of its campaigns',
  ],
  [
    'a quota appears without an entry',
    `insert into users (bucket, account_id, login, password_salt, password_hash, has_quota, quota_micros, created_at)
     values (0, $1, 'desk', '', '', true, 1, now())`,
    'the amount that an account holds for its users is the sum of their quotas',
  ],
  [
    'the price of a message is changed',
    `update messages set cost_micros = cost_micros + 1 ${ofAccount} and status = 0`,
    'the price of a campaign is the price of its messages',
  ],
  [
    'a message disappears',
    `delete from messages ${ofAccount} and status = 5`,
    'the price of a campaign is the price of its messages',
  ],
  [
    'a message is charged again',
    `with again as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, message_ids, at)
       select bucket, account_id, kind, amount_micros, message_ids, at from ledger_entries ${ofAccount} and ${aCharge}
       returning amount_micros)
     update balances set balance_micros = balance_micros - amount_micros, held_micros = held_micros - amount_micros
     from again ${ofAccount}`,
    'no message is charged or released twice',
  ],
  [
    'a charge is raised, and the balance with it',
    `with raised as (update ledger_entries set amount_micros = amount_micros + 1 ${ofAccount} and ${aCharge})
     update balances set balance_micros = balance_micros - 1, held_micros = held_micros - 1 ${ofAccount}`,
    'a charge or release is the price of the messages it names',
  ],
  [
    'a message becomes final without a charge or release',
    `update messages set status = 2 ${ofAccount} and id = (select max(id) from messages ${ofAccount})`,
    'a message with a final status is charged or released',
  ],
];

class Undone extends Error {}

for (const [what, text, rule] of tamperings) {
  test(`the audit reports that ${what}`, async () => {
    let found: readonly { rule: string; accountId: number }[] = [];
    await assert.rejects(
      testRows.database.transaction(async (query) => {
        await query('alter table balances drop constraint balances_held_micros_check');
        await query(text, [account]);
        found = await audit(query);
        throw new Undone();
      }),
      Undone,
    );
    assert.ok(
      found.some((difference) => difference.rule === rule && difference.accountId === account),
      `found only: ${found.map((difference) => difference.rule).join(', ') || 'nothing'}`,
    );
    assert.ok(
      found.every(({ accountId }) => accountId === account),
      'no difference names another account',
    );
  });
}

test('the table refuses a negative held amount', async () => {
  await assert.rejects(testRows.query('update balances set held_micros = -1'), { code: '23514' });
});

test('money is added and removed, and each entry stays', async () => {
  const key = { bucket: 0, id: other };
  await insertTopUp(testRows.query, key, { kind: 'adjustment', amountMicros: -250n, note: 'mistake' }, nowMs);
  const topUp = { kind: 'top_up', amountMicros: 1_000n, note: null } as const;
  const { balanceMicros } = await insertTopUp(testRows.query, key, topUp, nowMs);
  assert.equal(balanceMicros, 1_000_000_750n);
  assert.deepEqual(await audit(testRows.query), []);
});
