// Counted quarters compared with the messages themselves, on a real database: while messages change, are scheduled, and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageStatusCodes } from '#domain/base/message.ts';
import { quarterMs } from '#domain/delivery/traffic-quarters.ts';
import { grantAccount } from '#operations/access/grant.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { carriage, costMicros, nowMs, settle, TestRows } from '../../../test/support/rows.ts';
import { createOverviews } from './overview.ts';
import { createTrafficCounting } from './traffic-counting.ts';

const minute = 60_000;
const hour = 60 * minute;

test('the home page shows the same figures before and after quarters are counted, and new statuses when they are counted again', async (t) => {
  const rows = await TestRows.openFor(t);
  const clock = { nowMs, now: () => clock.nowMs };
  const context = { database: rows.database, clock };
  const account = (await readAccount(rows.query, await rows.anAccount()))!;
  const access = grantAccount(account, { actor: 'key:test', address: null }, 'key');
  const other = await rows.anAccount();
  const counting = createTrafficCounting({ ...context, isStopping: () => false });
  /** Without the cache of an earlier call. */
  const read = async (period: 'day' | 'week' = 'day') => {
    const { period: traffic, lastDay, spentMicros } = await createOverviews(context).read(access, period);
    return { traffic, lastDay, spentMicros };
  };
  const send = async (accountId: number, count: number, atMs: number) => {
    const ids = await rows.aCampaign(accountId, count);
    const set = 'set created_at = to_timestamp($1::float8 / 1000) where first_message_id = $2';
    await rows.query(`update campaigns ${set}`, [atMs, ids[0]]);
    return ids;
  };
  const finish = (ids: readonly number[], status: keyof typeof messageStatusCodes, error: string | null) =>
    rows.query('update messages set status = $2, error = $3 where id = any($1)', [
      ids,
      messageStatusCodes[status],
      error,
    ]);
  const first = await send(account.id, 5, nowMs - 3 * hour);
  await send(other, 7, nowMs - 3 * hour);
  await send(account.id, 2, nowMs - 2 * hour + 1);
  await send(account.id, 3, nowMs);
  await finish(first.slice(0, 3), 'delivered', null);
  await finish(first.slice(3, 4), 'undelivered', '27');
  const paid = first.slice(0, 4).map((messageId) => ({
    ...carriage,
    messageId,
    accountId: account.id,
    costMicros,
    kind: 'charge' as const,
  }));
  await settle(rows.query, 0, paid as never, nowMs - 3 * hour);

  const fresh = await read();
  assert.equal(fresh.spentMicros, 4n * costMicros);
  assert.deepEqual(
    fresh.traffic.steps!.map(({ counts }) => counts),
    [{ delivered: 3, undelivered: 1, accepted: 1 }, { accepted: 2 }, { accepted: 3 }],
  );
  await counting.runOnce(0);
  const [counted] = await rows.query<{ messages: number; newest: number }>(
    'select (select sum(messages)::int from traffic_counts) as messages, (select extract(epoch from max(at))::float8 * 1000 from traffic_quarters) as newest',
  );
  assert.equal(counted!.messages, 14, 'those of the current quarter are not counted');
  assert.deepEqual(await read(), fresh);
  assert.deepEqual(
    (await read('week')).traffic.steps!.flatMap(({ counts }) => counts.delivered ?? []),
    [3],
  );

  await finish(first, 'delivered', null);
  assert.deepEqual(await read(), fresh, 'until they are counted again');
  clock.nowMs += hour;
  await counting.runOnce(0);
  const later = await read();
  assert.deepEqual(later.traffic.steps![0]!.counts, { delivered: 5 });
  assert.deepEqual(later.traffic.causes, []);

  clock.nowMs += 40 * 24 * hour;
  await counting.runOnce(0);
  const left = 'select (select count(*) from traffic_counts) + (select count(*) from traffic_charges) as n';
  assert.equal((await rows.query<{ n: number }>(left))[0]!.n, 0, 'figures are kept for 32 days');
  assert.equal(
    (await rows.query<{ n: number }>('select count(*) as n from traffic_quarters'))[0]!.n,
    (32 * 24 * hour) / quarterMs - 1,
    'those between the rounds',
  );
});
