import assert from 'node:assert/strict';
import test from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { openTestDatabase } from '../../../test/support/postgres.ts';
import { openDatabase } from './database.ts';
import { noticeChannel, notify } from './notices.ts';

test('a process receives its own notice before its transaction returns, and none after a rollback', async () => {
  const own = await openTestDatabase();
  const database = openDatabase(own.connection, silentLog, 2);
  const heard: (string | null)[] = [];
  const unlisten = await database.listen(noticeChannel, (notice) => heard.push(notice));
  try {
    await assert.rejects(
      database.transaction(async (query) => {
        await notify(query, 'accounts');
        throw new Error('on second thoughts');
      }),
    );
    assert.deepEqual(heard, []);
    await database.transaction((query) => notify(query, 'rates'));
    assert.equal(heard.at(0), 'rates');
    await notify(database.query, 'carriers');
    assert.equal(
      heard.some((notice) => notice === 'carriers'),
      true,
    );
  } finally {
    await unlisten();
    await database.close();
    await own.drop();
  }
});
