// What is free when a process has ended, and what stays with the living. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertNotifications } from '#store/platform/notifications.ts';
import { anotherProcess, declareDead } from '../../../test/support/other-process.ts';
import { nowMs, Shelf } from '../../../test/support/rows.ts';
import { releaseWorkOfDeadProcesses } from './job-table.ts';

/** They are freed by statements of their own. */
const others = ['bind_leases', 'callbacks', 'chunks'];

const mail = { media: 'mail', recipient: 'boss@example.com', subject: '', text: '' } as const;

test('every table whose rows have an owner is freed from the dead, by an index', async (t) => {
  const shelf = await Shelf.openFor(t);
  const owned = await shelf.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'owner' order by 1`,
  );
  const sent: string[] = [];
  await releaseWorkOfDeadProcesses((statement, values) => {
    assert.ok(typeof statement !== 'string');
    sent.push(statement.text);
    return shelf.query(statement, values);
  }, 0);
  assert.deepEqual(
    [...others, ...sent.map((text) => /update (\w+)/.exec(text)![1]!)].sort(),
    owned.map(({ name }) => name),
  );
  await shelf.database.transaction(async (query) => {
    // Empty tables are read from end to end otherwise.
    await query('set local enable_seqscan = off');
    for (const text of sent) {
      const table = /update (\w+)/.exec(text)![1]!;
      const plan = await query<Record<string, string>>(`explain ${text.replace('$1', '0::smallint')}`);
      assert.match(plan.flatMap(Object.values).join('\n'), new RegExp(`${table}_owned`));
    }
  });
});

test('only the work of the dead is freed, and that of a process that began a moment ago is not', async (t) => {
  const shelf = await Shelf.openFor(t);
  const account = { bucket: 0, id: await shelf.anAccount() };
  await insertNotifications(shelf.query, account, [mail, mail, mail], nowMs);
  const [dead, living] = [await anotherProcess(shelf.database), await anotherProcess(shelf.database)];
  await shelf.query(
    `update errands e set owner = o.owner
     from (select id, ($1::bigint[])[row_number() over (order by id)] as owner from errands) o where o.id = e.id`,
    [[dead, living]],
  );
  const owners = async () =>
    (await shelf.query<{ owner: number | null }>('select owner from errands order by id')).map(
      (r) => r.owner,
    );
  assert.deepEqual(await releaseWorkOfDeadProcesses(shelf.query, 0), {});
  await declareDead(shelf.database, dead);
  assert.deepEqual(await releaseWorkOfDeadProcesses(shelf.query, 1), {}, 'nothing is in that bucket');
  assert.deepEqual(await owners(), [dead, living, null]);
  assert.deepEqual(await releaseWorkOfDeadProcesses(shelf.query, 0), { notifications: 1 });
  assert.deepEqual(await owners(), [null, living, null]);
});
