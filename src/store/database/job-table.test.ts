// Claims, releases and changes of rows that belong to processes. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertNotifications } from '#store/platform/notifications.ts';
import { anotherProcess, declareDead } from '../../../test/support/other-process.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { int8, text } from './columns.ts';
import type { Query } from './database.ts';
import { jobTable, releaseWorkOfDeadProcesses } from './job-table.ts';

/** Tables whose rows are released by separate statements. */
const others = ['bind_leases', 'callbacks', 'chunks'];
/** The column says who wrote a row; the row is not work. */
const records = ['carrier_exchanges', 'recorded_batches'];

const mail = { media: 'mail', recipient: 'boss@example.com', subject: '', text: '' } as const;

const exportsTable = jobTable({
  table: 'history_exports',
  name: 'exports_of_test',
  key: ['id', int8],
  order: 'due_at',
  claim: { isOpen: "kind = 'sent'", row: { id: int8, kind: text }, columns: 'j.id, j.kind' },
});
const changeKind = exportsTable.step('test_step_export', {
  params: { kind: text },
  set: (p) => `kind = ${p.kind}`,
  where: "j.kind = 'sent'",
  row: { kind: text },
  columns: 'j.kind',
});

async function insertExports(query: Query, accountId: number, dueAts: readonly number[]): Promise<number[]> {
  const inserted = await query<{ id: number }>(
    `insert into history_exports (bucket, account_id, kind, filter, customer_bucket, customer_id, document_id, due_at,
       ordered_at)
     select 0, $1, 'sent', '{}', 0, $1, gen_random_uuid(), to_timestamp(d / 1000), now()
     from unnest($2::float8[]) with ordinality as d(d, place) order by place returning id`,
    [accountId, dueAts],
  );
  return inserted.map(({ id }) => id);
}

test('every table with claimed rows is released by an index after its process is fenced', async (t) => {
  const rows = await TestRows.openFor(t);
  const owned = await rows.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'process_id' and table_name <> all ($1) order by 1`,
    [records],
  );
  const sent: string[] = [];
  await releaseWorkOfDeadProcesses((statement, values) => {
    assert.ok(typeof statement !== 'string');
    sent.push(statement.text);
    return rows.query(statement, values);
  }, 0);
  assert.deepEqual(
    [...others, ...sent.map((text) => /update (\w+)/.exec(text)![1]!)].sort(),
    owned.map(({ name }) => name),
  );
  await rows.database.transaction(async (query) => {
    // Empty tables are read from end to end otherwise.
    await query('set local enable_seqscan = off');
    for (const text of sent) {
      const table = /update (\w+)/.exec(text)![1]!;
      const plan = await query<Record<string, string>>(
        `explain ${text.replace('$1::smallint', '0::smallint')}`,
      );
      assert.match(plan.flatMap(Object.values).join('\n'), new RegExp(`${table}_owned`));
    }
  });
});

test('only rows of fenced processes are released, and not those of a process that has just registered', async (t) => {
  const rows = await TestRows.openFor(t);
  const account = { bucket: 0, id: await rows.anAccount() };
  await insertNotifications(rows.query, account, [mail, mail, mail], nowMs);
  const [dead, live] = [await anotherProcess(rows.database), await anotherProcess(rows.database)];
  await rows.query(
    `update notifications e set process_id = o.process_id
     from (select id, ($1::bigint[])[row_number() over (order by id)] as process_id from notifications) o where o.id = e.id`,
    [[dead, live]],
  );
  const processes = async () =>
    (await rows.query<{ process_id: number | null }>('select process_id from notifications order by id')).map(
      (r) => r.process_id,
    );
  assert.deepEqual(await releaseWorkOfDeadProcesses(rows.query, 0), {});
  await declareDead(rows.database, dead);
  assert.deepEqual(await releaseWorkOfDeadProcesses(rows.query, 1), {}, 'no row is in that bucket');
  assert.deepEqual(await processes(), [dead, live, null]);
  assert.deepEqual(await releaseWorkOfDeadProcesses(rows.query, 0), { notifications: 1 });
  assert.deepEqual(await processes(), [null, live, null]);
});

test('a claim takes due rows by their time, and none of another process', async (t) => {
  const rows = await TestRows.openFor(t);
  const accountId = await rows.anAccount();
  const [late, early, future] = await insertExports(rows.query, accountId, [nowMs, nowMs - 5_000, nowMs + 1]);
  const claim = (processId: number, held: readonly number[] = [], limit = 1) =>
    exportsTable.claim(rows.query, 0, { processId, nowMs, limit, held });
  assert.deepEqual(await claim(1), [{ id: early, kind: 'sent' }]);
  assert.deepEqual(await claim(2), [{ id: late, kind: 'sent' }]);
  assert.deepEqual(await claim(3, [], 10), [], `${future} is not due`);
  assert.deepEqual(await exportsTable.listOwned(rows.query, 0, 1), [{ accountId, id: early }]);
  assert.deepEqual(await claim(1, [early!]), [], 'a held row is not claimed again');
  assert.deepEqual(await claim(1), [{ id: early, kind: 'sent' }], 'a lost claim is claimed again');
  assert.deepEqual(await exportsTable.claim(rows.query, 1, { processId: 1, nowMs, limit: 9 }), []);
  const account = { bucket: 0, id: accountId };
  assert.equal(await exportsTable.release(rows.query, account, early!, 1, nowMs + 1), true);
  assert.deepEqual(await claim(3), [], 'it is due later');
});

test('a process changes, releases and deletes only rows that belong to it', async (t) => {
  const rows = await TestRows.openFor(t);
  const account = { bucket: 0, id: await rows.anAccount() };
  const [id] = await insertExports(rows.query, account.id, [nowMs]);
  await exportsTable.claim(rows.query, 0, { processId: 1, nowMs, limit: 1 });
  assert.equal(await exportsTable.isOwned(rows.query, account, id!, 2), false);
  assert.equal(await changeKind(rows.query, account, id!, 2, { kind: 'received' }), null);
  assert.equal(await exportsTable.release(rows.query, account, id!, 2, 0), false);
  assert.equal(await exportsTable.delete(rows.query, account, id!, 2), false);
  assert.equal(await exportsTable.isOwned(rows.query, account, id!, 1), true);
  assert.equal(await changeKind(rows.query, { ...account, bucket: 1 }, id!, 1, { kind: 'received' }), null);
  assert.deepEqual(await changeKind(rows.query, account, id!, 1, { kind: 'received' }), { kind: 'received' });
  assert.equal(await changeKind(rows.query, account, id!, 1, { kind: 'sent' }), null, 'its condition fails');
  assert.equal(await exportsTable.delete(rows.query, account, id!, 1), true);
  assert.equal(await exportsTable.releaseOfDeadProcesses(rows.query, 0), 0);
});
