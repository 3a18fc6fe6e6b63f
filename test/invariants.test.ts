// The checks at the end of journeys and days fail on planted violations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { finishMessages } from '../src/store/pipeline/messages.ts';
import { unjustifiedRepetitions } from './support/carrier-log.ts';
import { violations } from './support/invariants.ts';
import { carriage, costMicros, insertCarrierRefs, nowMs, settle, TestRows } from './support/rows.ts';

let testRows: TestRows;

before(async () => {
  testRows = await TestRows.open();
  const { query } = testRows;
  const account = await testRows.anAccount();
  const [delivered] = await testRows.aCampaign(account, 2);
  const messageId = delivered!;
  await insertCarrierRefs(query, 0, [{ messageId, part: 0, connectorId: 1, reference: 'r', atMs: nowMs }]);
  await settle(query, 0, [{ messageId, accountId: account, kind: 'charge', costMicros, carriage }], nowMs);
  const news = { messageId, deliveredSegments: 1, status: 'delivered' as const, error: null };
  await finishMessages(
    query,
    0,
    [{ ...news, connectorId: 1, submittedAtMs: nowMs, atMs: nowMs }],
    null,
    nowMs,
  );
});

after(() => testRows[Symbol.asyncDispose]());

test('a platform with work in progress meets the invariants, and is not quiet', async () => {
  assert.deepEqual(await violations(testRows.query), []);
  const loud = (await violations(testRows.query, { isQuiet: true })).join('\n');
  for (const rule of ['nothing due waits', 'nothing is owed', 'nothing is held', 'every message has its end'])
    assert.match(loud, new RegExp(rule));
});

const losses: readonly (readonly [what: string, text: string, rule: RegExp])[] = [
  ['a chunk is forgotten', 'delete from chunks', /is in a chunk/],
  ['half a campaign is lost', 'delete from messages where status = 0', /a campaign has all its messages/],
  [
    'a charge is not recorded',
    "delete from ledger_entries where kind = 'charge'",
    /charged when a carrier took it.*not charged/,
  ],
  ['a reference is lost', 'delete from carrier_references', /charged when a carrier took it.* charged/],
  ['a callback is forgotten', 'delete from callbacks', /owed until it was pushed or given up/],
  [
    'a key is kept for a campaign that was refused',
    "insert into idempotency_keys (bucket, account_id, scope, key, campaign_id) values (0, 1, 0, 'k', 1)",
    /belongs to a campaign that exists/,
  ],
  [
    'a STOP is recorded and not kept',
    `insert into replies (bucket, account_id, connector_id, msisdn, recipient, text, is_opt_out, message_id, at)
     values (0, 1, 1, 33600000000, '36180', 'STOP', true, 1, now())`,
    /a STOP that answers an account is on its list/,
  ],
  [
    'a cancelled campaign goes on',
    'update campaigns set cancelled_at = now()',
    /of a cancelled campaign every message is cancelled/,
  ],
  [
    'a chunk is held by nobody',
    "update chunks set due_at = 'infinity'",
    /a campaign is held or paused as long as/,
  ],
];

class Undone extends Error {}

for (const [what, text, rule] of losses) {
  test(`a check reports that ${what}`, async () => {
    let found: string[] = [];
    await assert.rejects(
      testRows.database.transaction(async (query) => {
        await query(text);
        found = await violations(query);
        throw new Undone();
      }),
      Undone,
    );
    assert.match(found.join('\n'), rule);
  });
}

/** Segments in the order taken, by letter. */
function repeated(letters: string, incidents: Partial<Parameters<typeof unjustifiedRepetitions>[0]> = {}) {
  const log = { numbers: [...letters], dropEvery: 1000, silentEvery: 1000, marks: [], ...incidents };
  const segments = new Map([...letters].map((letter) => [letter, letter === 'L' ? 2 : 1]));
  return unjustifiedRepetitions(log, segments, { window: 2, binds: 1 });
}

test('a number that a carrier took twice is reported unless it was in doubt', () => {
  assert.deepEqual(repeated('abcLLd'), { repetitions: 0, unjustified: [] });
  assert.equal(repeated('abca').unjustified.length, 1);
  assert.equal(repeated('aLLbL').unjustified.length, 1);
  assert.deepEqual(repeated('abca', { marks: [{ line: 2, incident: 'kill' }] }).unjustified, []);
  assert.equal(
    repeated('abca', { marks: [{ line: 2, incident: 'term' }] }).unjustified.length,
    1,
    'an orderly stop',
  );
  assert.equal(
    repeated('abcaa', { marks: [{ line: 4, incident: 'kill' }] }).unjustified.length,
    1,
    'before the kill',
  );
  assert.deepEqual(repeated('abca', { silentEvery: 1 }).unjustified, []);
  assert.deepEqual(repeated('abca', { dropEvery: 3 }).unjustified, []);
  assert.equal(repeated('abcdefghijklma', { dropEvery: 12 }).unjustified.length, 1, 'long before the drop');
});
