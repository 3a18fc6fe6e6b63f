// What is free when a process has ended, and what stays with the living. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shelf } from '../../test/support/rows.ts';
import { freeWorkOfTheDead } from './owned-work.ts';

/** They are freed by statements of their own. */
const others = ['bind_leases', 'callbacks', 'chunks'];

test('every table whose rows have an owner is freed from the dead, by an index', async (t) => {
  const shelf = await Shelf.openFor(t);
  const owned = await shelf.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'owner' order by 1`,
  );
  const sent: string[] = [];
  await freeWorkOfTheDead((statement, values) => {
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
