// Callbacks: repeated until they are delivered, at the rate of each endpoint, signed, and recorded.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** Longer than the first retry may be put off. */
const firstRetryMs = 6_000;

/** Longer than any retry may be put off, and far below the day after which it is given up. */
const anyRetryMs = 3_700_000;

interface Round {
  attempt: number;
  done: number;
  failed: number;
  http_status: number | null;
  error: string | null;
  gave_up: boolean;
}

function deliveryLog(platform: TestPlatform, account: TestAccount): Promise<Round[]> {
  return platform.query<Round>(
    `select attempt, cardinality(done_ids) as done, cardinality(failed_ids) as failed, http_status, error, gave_up
     from callback_attempts where account_id = $1 order by id`,
    [account.id],
  );
}

/** Waits until so many rounds of pushing are written down. */
function rounds(platform: TestPlatform, account: TestAccount, count: number): Promise<Round[]> {
  return until(`${count} rounds are in the delivery log`, async () => {
    const log = await deliveryLog(platform, account);
    return log.length >= count && log;
  });
}

test('an endpoint that is down is tried again until it is up, and each try is in the delivery log', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await platform.customer.close();
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  const [first] = await rounds(platform, account, 1);
  assert.partialDeepStrictEqual(first, { attempt: 1, done: 0, failed: 1, http_status: null, gave_up: false });
  assert.match(first?.error ?? '', /ECONNREFUSED/);

  await platform.advance(firstRetryMs);
  await rounds(platform, account, 2);
  await platform.customer.comeBack();
  await platform.advance(2 * firstRetryMs);
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'DELIVERED');
  await platform.quiet();
  const [, , third] = await deliveryLog(platform, account);
  assert.deepEqual(third, { attempt: 3, done: 1, failed: 0, http_status: null, error: null, gave_up: false });
});

test('a server error, a redirect and a connection closed without an answer are tried again', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const manners = [500, 302, 'hang-up'] as const;
  platform.customer.manner = () => manners[platform.customer.pushes.length] ?? 204;
  await sendRest(platform.url, account, { to: [mobile(1)] });
  for (let attempt = 1; attempt <= manners.length; attempt++) {
    await rounds(platform, account, attempt);
    await platform.advance(firstRetryMs * 2 ** (attempt - 1));
  }
  await platform.customer.whenTold(mobile(1));
  await platform.quiet();
  const log = await deliveryLog(platform, account);
  assert.deepEqual(
    log.map(({ attempt, http_status, done }) => [attempt, http_status, done]),
    [
      [1, 500, 0],
      [2, 302, 0],
      [3, null, 0],
      [4, null, 1],
    ],
  );
});

test('only the failed callbacks of a campaign are pushed again', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  let isWell = false;
  platform.customer.manner = ({ number }) => (isWell || !number.endsWith('7') ? 200 : 503);
  const to = Array.from({ length: 40 }, (_, i) => mobile(0, String(i).padStart(2, '0')));
  await sendRest(platform.url, account, { to });
  await platform.customer.whenTaken(36);
  await until('what failed is put off', async () => {
    const rows = await platform.query('select 1 from callbacks where process_id is null and attempts = 1');
    const owned = await platform.query('select 1 from callbacks where process_id is not null');
    return rows.length > 0 && owned.length === 0;
  });
  isWell = true;
  await platform.advance(firstRetryMs);
  await platform.customer.whenTaken(40);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 44, 'the four that failed, twice');
});

test('an endpoint that never answers delays no other endpoint', async () => {
  await using platform = await openPlatform({ config: { callbackTimeoutSeconds: 1 } });
  const hanging = await platform.anAccount();
  const well = await platform.anAccount();
  // Another address on the way: endpoints are told apart by it.
  await platform.query(
    `update accounts set settings = jsonb_set(settings, '{callbacks,receiptUrl}', to_jsonb($2::text)) where id = $1`,
    [hanging.id, platform.customer.url('/hanging').replace('127.0.0.1', 'localhost')],
  );
  platform.customer.manner = ({ path }) => (path === '/hanging' ? 'hang' : 200);
  const to = Array.from({ length: 200 }, (_, i) => mobile(1000 + i));
  await sendRest(platform.url, hanging, { to });
  await until('it hangs', () => platform.customer.pushes.length > 0);
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => sendLegacy(platform.url, well, { to: [mobile(i)] })),
  );
  await platform.customer.whenTaken(20, well.path);
  const log = await rounds(platform, hanging, 1);
  assert.ok(log.every(({ done }) => done === 0));
  platform.customer.manner = () => 200;
  // What is still under way, or has yet to begin, is put off from when it fails: only the clock of a customer who waits
  // for all of it makes all of it due. On a slow machine some of it has failed more than once by then.
  await until('all of it is put off or taken', async () => {
    const [row] = await platform.query<{ pending: number; claimed: number }>(
      `select coalesce(sum(cardinality(message_ids)), 0)::int as pending, count(process_id)::int as "claimed"
       from callbacks where account_id = $1`,
      [hanging.id],
    );
    const taken = platform.customer.taken.filter(({ path }) => path === '/hanging').length;
    return row!.claimed === 0 && row!.pending + taken >= to.length;
  });
  await platform.advance(anyRetryMs);
  await platform.customer.whenTaken(200, '/hanging');
  await platform.quiet();
});

/** A platform with more receipts for one endpoint than it attempts at once, and a customer that does not answer yet. */
async function openOwingMuch(): Promise<{ platform: TestPlatform; account: TestAccount; numbers: string[] }> {
  const platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000_000n });
  platform.customer.manner = () => 'wait';
  const numbers = Array.from({ length: 5_000 }, (_, i) => mobile(i));
  for (let i = 0; i < numbers.length; i += 500)
    await sendRest(platform.url, account, { to: numbers.slice(i, i + 500) });
  await until('all of them have arrived', async () => {
    const [row] = await platform.query<{ pending: number }>(
      'select coalesce(sum(cardinality(message_ids)), 0)::int as pending from callbacks',
    );
    return row!.pending === numbers.length;
  });
  return { platform, account, numbers };
}

test('an endpoint with more pending callbacks than a queue holds gets all of them as fast as it answers', async () => {
  const { platform, numbers } = await openOwingMuch();
  await using _ = platform;
  const [row] = await platform.query<{ putOff: number }>(
    'select count(*)::int as "putOff" from callbacks where process_id is null',
  );
  assert.equal(row!.putOff, 0, 'nothing waits for a time to come');
  platform.customer.answerAll();
  await platform.customer.whenTaken(numbers.length);
  await platform.quiet();
  assert.equal(new Set(platform.customer.taken.map(({ number }) => number)).size, numbers.length);
});

test('callbacks to an unreachable endpoint are postponed together, and pushed when it is reachable again', async () => {
  const { platform, numbers } = await openOwingMuch();
  await using _ = platform;
  await platform.customer.close();
  const rows = () =>
    platform.query<{ processId: number | null; attempts: number }>(
      'select process_id as "processId", attempts from callbacks',
    );
  await until('nothing is in hand', async () => (await rows()).every(({ processId }) => processId === null));
  assert.ok(
    (await rows()).some(({ attempts }) => attempts === 0),
    'what had no place in its queue was not tried',
  );
  await platform.customer.comeBack();
  platform.customer.answerAll();
  const told = () => new Set(platform.customer.taken.map(({ number }) => number)).size;
  await until(
    'everybody was told of',
    async () => {
      await platform.advance(anyRetryMs / 10);
      return told() === numbers.length;
    },
    { tell: told },
  );
  await platform.quiet();
});

test('parked callbacks of a stopped process are pushed by another process', async () => {
  const { platform, numbers } = await openOwingMuch();
  await using _ = platform;
  await platform.processes[0]!.stop();
  platform.customer.answerAll();
  await platform.start();
  const told = () => new Set(platform.customer.taken.map(({ number }) => number)).size;
  await until('everybody was told of', () => told() === numbers.length, { tell: told });
  await platform.quiet();
});

test('after a day of failures a callback is given up, with a record of it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  platform.customer.manner = () => 500;
  await sendRest(platform.url, account, { to: [mobile(1)] });
  await rounds(platform, account, 1);
  await platform.advance(25 * 3_600_000);
  const [, last] = await rounds(platform, account, 2);
  assert.partialDeepStrictEqual(last, { attempt: 2, failed: 1, gave_up: true });
  assert.equal(await platform.count('callbacks'), 0);
  await platform.quiet();
});

test('a push is signed with the key of its account', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ signingKey: 'a key of the customer' });
  await sendRest(platform.url, account, { to: [mobile(1)] });
  const { headers, body } = await platform.customer.whenTold(mobile(1));
  const [, seconds, signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-chappe-signature'])) ?? [];
  assert.ok(Math.abs(Number(seconds) * 1000 - platform.clock.now()) < 60_000);
  const expected = createHmac('sha256', 'a key of the customer').update(`${seconds}.${body}`).digest('hex');
  assert.equal(signature, expected);
});

test('an account without callbacks gets none, and none is pending', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  await sendRest(platform.url, account, { to: [mobile(1)] });
  await until('it is delivered', async () => (await platform.statusOf(mobile(1))) === 'delivered');
  assert.equal(await platform.count('callbacks'), 0);
  assert.deepEqual(platform.customer.pushes, []);
});
