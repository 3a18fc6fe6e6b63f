// The rounds over slices of ids: messages without a submission, the pause between two reads, the first slice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nowMs, TestRows } from '../../test/support/rows.ts';
import { createWindowCloser } from './close-receipt-windows.ts';
import { createPorts } from './ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const windowMs = 72 * hourMs;
/** The receipt window of the stored messages is over. */
const overMs = nowMs + 24 * hourMs + windowMs;

/** A carrier accepts the messages. */
async function take(testRows: TestRows, ids: readonly number[]): Promise<void> {
  await testRows.query(
    `insert into carrier_references (bucket, message_id, part, connector_id, reference, at)
     select 0, id, 0, 1, 'r' || id, to_timestamp($2::float8 / 1000) from unnest($1::bigint[]) id`,
    [ids, nowMs],
  );
}

/** Runs one round at this time. Returns the number of finished messages. */
async function roundAt(testRows: TestRows, atMs: number): Promise<number> {
  const closer = createWindowCloser(
    { database: testRows.database, clock: { now: () => atMs } },
    createPorts({ chunksAdded() {}, callbacksAdded() {} }),
    { windowMs, buckets: () => [0] },
  );
  try {
    return await closer.round();
  } finally {
    await closer.close();
  }
}

async function expiresFrom(testRows: TestRows): Promise<number[]> {
  const rows = await testRows.query<{ at: number }>(
    'select expires_from as at from receipt_windows order by first_id',
  );
  return rows.map(({ at }) => at);
}

test('messages that were not submitted do not change, and those behind them are finished', async (t) => {
  const testRows = await TestRows.openFor(t);
  const account = await testRows.anAccount();
  const ids = await testRows.aCampaign(account, 2_500, { processId: 1 });
  await take(testRows, ids.slice(-1));
  assert.equal(await roundAt(testRows, overMs - 10 * minuteMs), 0);
  assert.equal(await roundAt(testRows, overMs), 1);
  assert.equal(await roundAt(testRows, overMs + hourMs), 0);
  const rows = await testRows.query('select id from messages where status = 7');
  assert.deepEqual(rows, [{ id: ids.at(-1) }]);
});

test('a slice is read again after ten minutes at the earliest, and only when a window in it can be over', async (t) => {
  const testRows = await TestRows.openFor(t);
  const account = await testRows.anAccount();
  const [first, second, third] = await testRows.aCampaign(account, 3, { processId: 1 });
  await take(testRows, [first!, second!, third!]);
  const put = (id: number, ms: number) =>
    testRows.query('update messages set expires_at = to_timestamp($2::float8 / 1000) where id = $1', [
      id,
      overMs - windowMs + ms,
    ]);
  await put(second!, minuteMs);
  await put(third!, 300 * hourMs);
  assert.equal(await roundAt(testRows, overMs), 1);
  assert.equal(await roundAt(testRows, overMs + 9 * minuteMs), 0);
  assert.equal(await roundAt(testRows, overMs + 10 * minuteMs), 1);
  // Ids are still taken from this slice: it can contain a message that was accepted just now.
  assert.deepEqual(await expiresFrom(testRows), [overMs + 10 * minuteMs]);
  assert.equal(await roundAt(testRows, overMs + 300 * hourMs), 1);
});

test('an installation with years of messages is read from its first message on', async (t) => {
  const testRows = await TestRows.openFor(t);
  const account = await testRows.anAccount();
  await testRows.query("update id_sequences set next = 8000000 where name = 'message'");
  const ids = await testRows.aCampaign(account, 3, { processId: 1 });
  await take(testRows, ids);
  let ended = 0;
  let rounds = 0;
  while (ended === 0 && rounds < 10) {
    ended = await roundAt(testRows, overMs);
    rounds++;
  }
  assert.equal(ended, 3);
  // 5 million ids before the first message, in rounds of 100 slices.
  assert.equal(rounds, 3);
  assert.equal((await expiresFrom(testRows)).length, 251);
  // Everything except the newest slice is settled and empty.
  for (let round = 0; round < 3; round++) await roundAt(testRows, overMs + windowMs);
  assert.equal((await expiresFrom(testRows)).length, 1);
});
