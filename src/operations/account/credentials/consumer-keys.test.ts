import assert from 'node:assert/strict';
import test from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { createSeal } from '#lib/security/sealing.ts';
import type { Database, Query, Statement } from '#store/database/database.ts';
import { createConsumerKeyCache } from './consumer-keys.ts';

const seal = createSeal('a secret of the tests');
const application = {
  id: 1,
  accountId: 1,
  key: 'app',
  sealedSecret: seal.close('secret'),
  name: '',
  description: '',
};

/** A database with one application and one key. `status` is read when the key is read. */
function cacheOver(statusOf: () => Promise<string>) {
  let reads = 0;
  const answers: Record<string, () => Promise<unknown[]>> = {
    find_application: async () => [application],
    async find_consumer_key() {
      reads++;
      return [{ id: 1, applicationId: 1, accountId: null, status: await statusOf() }];
    },
  };
  const query = ((statement: Statement) => answers[statement.name]!()) as Query;
  const clock = { now: () => nowMs };
  let nowMs = 0;
  const database = { query } as Database;
  return {
    cache: createConsumerKeyCache({ database, clock, log: silentLog }, seal),
    reads: () => reads,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

test('recent keys are answered without a query for ten seconds', async () => {
  const { cache, reads, advance } = cacheOver(async () => 'pending');
  const first = await cache.find('app', 'key');
  assert.equal(first?.secret, 'secret');
  assert.equal(cache.find('app', 'key'), first);
  assert.equal(reads(), 1);
  advance(10_001);
  await cache.find('app', 'key');
  assert.equal(reads(), 2);
});

test('a key that was read before its change is not cached after it', async () => {
  let status = 'pending';
  const reading = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const { cache } = cacheOver(async () => {
    const seen = status;
    reading.resolve();
    await held.promise;
    return seen;
  });
  const early = cache.find('app', 'key');
  await reading.promise;
  status = 'validated';
  cache.forget();
  held.resolve();
  assert.equal((await early)?.key?.status, 'pending');
  assert.equal((await cache.find('app', 'key'))?.key?.status, 'validated');
});
