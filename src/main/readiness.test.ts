// Readiness on a real database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shelf } from '../../test/support/rows.ts';
import { readinessOf } from './readiness.ts';

test('a process is ready when its database takes a write and a carrier is bound, where one is needed', async (t) => {
  const { database } = await Shelf.openFor(t);
  assert.equal(await readinessOf(database, true), null);
  assert.equal(await readinessOf(database, null), null);
  assert.equal(await readinessOf(database, false), 'no carrier is bound');
});

test('a database that answers and takes nothing is told', async (t) => {
  const { database } = await Shelf.openFor(t);
  const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
  const transaction = () => Promise.reject(full);
  assert.equal(
    await readinessOf({ query: database.query, transaction }, true),
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
  assert.match((await readinessOf(readOnly, true))!, /^the database cannot write: .*read-only/);
});

test('a database that does not answer is told', async () => {
  const gone = () => Promise.reject(new Error('gone'));
  assert.equal(await readinessOf({ query: gone, transaction: gone }, true), 'the database does not answer');
});
