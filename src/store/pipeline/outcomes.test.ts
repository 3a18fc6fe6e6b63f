// The mark of recorded batches. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { storeOutcomes } from './outcomes.ts';

const nothing = { references: [], settlements: [], chunkIds: [] };

/** What the server answers to a batch that is recorded already. */
const recorded = { code: '23502', column: 'last' };

test('a batch is recorded once, in either order of its two attempts', async (t) => {
  const rows = await TestRows.openFor(t);
  const record = (processId: number, batch: number, bucket = 0) =>
    rows.database.transaction((query) =>
      storeOutcomes(query, bucket, { ...nothing, processId, number: batch }, nowMs),
    );
  await record(1, 1);
  await assert.rejects(record(1, 1), recorded);
  await record(1, 3);
  await assert.rejects(record(1, 2), recorded);
  await record(2, 1);
  await record(1, 1, 7);

  // Concurrent attempts: one waits for the other and is refused after its commit.
  const attempts = await Promise.allSettled([record(1, 4), record(1, 4), record(1, 4)]);
  assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1);

  // An attempt that was rolled back does not count.
  await assert.rejects(
    rows.database.transaction(async (query) => {
      await storeOutcomes(query, 0, { ...nothing, processId: 1, number: 5 }, nowMs);
      throw new Error('lost');
    }),
    /lost/,
  );
  await record(1, 5);
});
