// Readiness on a real database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestRows } from '../../../test/support/rows.ts';
import { readinessOf } from './readiness.ts';

test('a process is ready when its database accepts a write and no role misses a condition', async (t) => {
  const { database } = await TestRows.openFor(t);
  assert.equal(await readinessOf(database, [null, null]), null);
  assert.equal(await readinessOf(database, []), null);
  assert.equal(await readinessOf(database, [null, 'no carrier is bound']), 'no carrier is bound');
});

test('a database that answers queries and accepts no write makes the process not ready', async (t) => {
  const { database } = await TestRows.openFor(t);
  const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
  const transaction = () => Promise.reject(full);
  assert.equal(
    await readinessOf({ query: database.query, transaction }, []),
    'the database cannot write: could not extend file: No space left on device',
  );
  const readOnly = {
    query: database.query,
    transaction: <T>(work: (query: typeof database.query) => Promise<T>) =>
      database.transaction(async (query) => {
        await query('set transaction read only');
        return work(query);
      }),
  };
  assert.match((await readinessOf(readOnly, []))!, /^the database cannot write: .*read-only/);
});

test('a database that does not answer makes the process not ready', async () => {
  const gone = () => Promise.reject(new Error('gone'));
  assert.equal(await readinessOf({ query: gone, transaction: gone }, []), 'the database does not answer');
});
