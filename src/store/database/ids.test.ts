// Ids and their partitions: consecutive under concurrency, and always with a partition.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { claimDueChunks, readChunkMessages } from '#store/pipeline/chunks.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import { findSegments } from '#store/pipeline/receipts.ts';
import { insertCarrierRefs, nowMs, TestRows } from '../../../test/support/rows.ts';
import { openDatabase } from './database.ts';
import { createIds } from './ids.ts';
import { ensurePartitions, partitionSize } from './partitions.ts';

async function partitionsOf(testRows: TestRows, table: string): Promise<string[]> {
  const rows = await testRows.query<{ name: string }>(
    'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by inhrelid',
    [table],
  );
  return rows.map(({ name }) => name);
}

test('runs of ids are consecutive and disjoint, for concurrent callers in two processes', async (t) => {
  const testRows = await TestRows.openFor(t);
  const second = openDatabase(testRows.testDatabase.connection, silentLog, 5);
  try {
    const makers = [createIds(testRows.database, () => nowMs), createIds(second, () => nowMs)];
    const sizes = Array.from({ length: 400 }, (_, i) => 1 + ((i * 7919) % 300));
    const runs = await Promise.all(
      sizes.map(async (size, i) => ({ size, first: await makers[i % 2]!.take('message', size) })),
    );
    runs.sort((a, b) => a.first - b.first);
    for (const [i, { first }] of runs.entries()) {
      const before = runs[i - 1];
      if (before !== undefined) assert.ok(first >= before.first + before.size, `${first} was given twice`);
    }
  } finally {
    await second.close();
  }
});

test('a run larger than a block is returned whole', async (t) => {
  const testRows = await TestRows.openFor(t);
  const first = await testRows.ids.take('message', 25_000);
  assert.ok((await testRows.ids.take('message', 1)) >= first + 25_000);
});

test('an old block is discarded, so that ids rise with time', async (t) => {
  const testRows = await TestRows.openFor(t);
  let now = nowMs;
  const quiet = createIds(testRows.database, () => now);
  const busy = createIds(testRows.database, () => now);
  await quiet.take('message', 1);
  const latest = await busy.take('message', 1);
  now += 601_000;
  assert.ok((await quiet.take('message', 1)) > latest);
});

test('a failure to fetch a block fails its callers, and not later ones', async (t) => {
  const testRows = await TestRows.openFor(t);
  const ids = createIds(testRows.database, () => nowMs);
  await testRows.query('alter table id_sequences rename to gone');
  await assert.rejects(async () => ids.take('message', 1));
  await testRows.query('alter table gone rename to id_sequences');
  assert.equal(await ids.take('message', 1), 1);
});

test('a campaign whose ids cross into the next partition is accepted, read, sent and finished like any other', async (t) => {
  const testRows = await TestRows.openFor(t);
  const { query } = testRows;
  await query("update id_sequences set next = $1 where name = 'message'", [partitionSize - 10]);
  const account = await testRows.anAccount();
  const ids = await testRows.aCampaign(account, 30);
  assert.equal(ids[0], partitionSize - 10);
  assert.deepEqual(await partitionsOf(testRows, 'messages'), ['messages_p0', 'messages_p1']);
  assert.deepEqual(await partitionsOf(testRows, 'carrier_references'), [
    'carrier_references_p0',
    'carrier_references_p1',
  ]);
  assert.deepEqual(await query('select count(*) as n from messages_p1'), [{ n: 20 }]);

  const [chunk] = await claimDueChunks(query, 0, 1, nowMs, 8);
  const read = await readChunkMessages(query, chunk!);
  assert.deepEqual(
    read.map(({ id }) => id),
    ids,
  );
  const ref = { part: 0, connectorId: 1, atMs: nowMs };
  await insertCarrierRefs(
    query,
    0,
    ids.map((messageId) => ({ ...ref, messageId, reference: `r${messageId}` })),
  );
  const found = await findSegments(query, [`r${ids[0]}`, `r${ids[29]}`]);
  assert.deepEqual(
    found.map(({ messageId }) => messageId),
    [ids[0], ids[29]],
  );
  assert.deepEqual(
    (await readChunkMessages(query, { ...chunk!, attempts: 2 })).map(({ id }) => id),
    [],
    'what has its reference does not go out again',
  );
  const news = {
    deliveredSegments: 1,
    status: 'delivered',
    error: null,
    connectorId: 1,
    submittedAtMs: nowMs,
  } as const;
  const finished = await finishMessages(
    query,
    0,
    ids.map((messageId) => ({ ...news, messageId, atMs: nowMs })),
    null,
    nowMs,
  );
  assert.equal(finished.length, 30);
});

test('partitions are created once, by the first process, with free space for each row', async (t) => {
  const testRows = await TestRows.openFor(t);
  const second = openDatabase(testRows.testDatabase.connection, silentLog, 5);
  try {
    await Promise.all(
      [testRows.database, second, testRows.database, second].map((database) =>
        ensurePartitions(database, 'message', 0, 3 * partitionSize),
      ),
    );
  } finally {
    await second.close();
  }
  assert.equal((await partitionsOf(testRows, 'messages')).length, 4);
  const options = await testRows.query<{ reloptions: string[] }>(
    "select reloptions from pg_class where relname like 'messages\\_p_'",
  );
  assert.equal(options.length, 4);
  for (const { reloptions } of options) assert.ok(reloptions.includes('fillfactor=60'));
});
