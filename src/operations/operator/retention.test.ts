// Rounds of retention: old rows are deleted; young rows, open rows and rows in use stay; the ledger balances before and
// after. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aloneIn } from '#store/database/locks.ts';
import { audit, keepPartitions } from '#store/money/ledger.ts';
import { enqueueCallbacks } from '#store/pipeline/callbacks.ts';
import { findConversations } from '#store/pipeline/conversations.ts';
import { findSegments } from '#store/pipeline/receipts.ts';
import { Archive, all, keepDays, nothing } from '../../../test/support/archive.ts';
import { violations } from '../../../test/support/invariants.ts';
import { costMicros } from '../../../test/support/rows.ts';

const balanced = async (archive: Archive) => assert.deepEqual(await audit(archive.query), []);

test('a partition with old messages only is dropped whole, and the ledger balances', async (t) => {
  const archive = await Archive.openFor(t);
  const other = await archive.testRows.anAccount();
  const old = await archive.send({ day: 0 });
  const late = await archive.send({ day: 2, account: other });
  archive.turnPage();
  const young = await archive.send({ day: 60 });
  const entries = await archive.count('ledger_entries');
  await balanced(archive);

  await archive.forgetAt(keepDays + 1);
  assert.deepEqual(await archive.left(old), all(3), 'its partition has one that is not old');
  await archive.forgetAt(keepDays + 3);
  assert.deepEqual(await archive.partitions('campaigns'), [1]);
  assert.deepEqual(await archive.partitions('messages'), [1]);
  assert.deepEqual(await archive.left(late), nothing);
  assert.deepEqual(await archive.left(young), all(3));
  assert.equal(await archive.count('ledger_entries'), entries);
  await balanced(archive);
  const closed = await archive.query(
    'select campaigns_micros as campaigns, messages_micros as messages from ledger_carry_forward order by account_id',
  );
  const three = Number(3n * costMicros);
  assert.deepEqual(closed, Array(2).fill({ campaigns: three, messages: three }));
});

test('in a partition of several years, messages are deleted one by one a few days after their retention', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0, count: 700 });
  const next = await archive.send({ day: 1 });
  const young = await archive.send({ day: 50 });
  await archive.forgetAt(keepDays + 3);
  assert.deepEqual(await archive.left(old), all(700));
  await archive.forgetAt(keepDays + 3.5);
  assert.deepEqual(await archive.left(old), nothing);
  assert.deepEqual(await archive.left(next), all(3));
  assert.deepEqual(await findSegments(archive.query, [`r${old.ids[0]}`]), []);
  await archive.forgetAt(1000);
  for (const sent of [next, young]) assert.deepEqual(await archive.left(sent), nothing);
  assert.deepEqual(await archive.partitions('messages'), [0], 'ids are still taken from it');
  await balanced(archive);
});

test('the retention of a scheduled message counts from its due time, and it keeps only itself', async (t) => {
  const archive = await Archive.openFor(t);
  const planned = await archive.send({ day: 0, dueInDays: 80 });
  const plain = await archive.send({ day: 0 });
  archive.turnPage();
  await archive.send({ day: 150 });
  await archive.forgetAt(keepDays + 2);
  assert.deepEqual(await archive.left(plain), all(3), 'it may still go with its partition');
  await archive.forgetAt(keepDays + 4);
  assert.deepEqual(await archive.left(plain), nothing);
  assert.deepEqual(await archive.left(planned), all(3));
  await balanced(archive);
  await archive.forgetAt(80 + keepDays - 1);
  assert.deepEqual(await archive.left(planned), all(3));
  await archive.forgetAt(80 + keepDays + 1);
  assert.deepEqual(await archive.partitions('messages'), [1]);
  await balanced(archive);
});

/** Conditions that keep an old campaign: how each begins and how it ends. */
const holds: readonly (readonly [
  what: string,
  begin: (archive: Archive, ids: readonly number[], campaignId: number) => Promise<unknown>,
  end: string,
])[] = [
  [
    'a message has no end',
    ({ query }, ids) => query('update messages set status = 0 where id = $1', [ids[1]]),
    'update messages set status = 2 where status = 0',
  ],
  [
    'a receipt may still come',
    (archive, ids) =>
      archive.query('update messages set expires_at = to_timestamp($2::float8 / 1000) where id = $1', [
        ids[2],
        archive.at(keepDays + 48),
      ]),
    "update messages set expires_at = expires_at - interval '40 days'",
  ],
  [
    'a callback is owed',
    ({ query, account }, ids) =>
      enqueueCallbacks(
        query,
        0,
        [{ accountId: account, kind: 'receipt', dialect: 'ovh', messageIds: [7_000_000, ids[1]!] }],
        0,
      ),
    'delete from callbacks',
  ],
  [
    'it is owed who was skipped',
    ({ query, account }, _, campaignId) =>
      enqueueCallbacks(
        query,
        0,
        [{ accountId: account, kind: 'skipped', dialect: 'ovh', campaignId, msisdn: 1 }],
        0,
      ),
    'delete from callbacks',
  ],
  [
    'a chunk holds it',
    ({ query }, ids) =>
      query(
        `insert into chunks (bucket, id, message_count, priority_class, due_at, start_tag_at, expires_at)
         values (0, $1, 3, 0, 'infinity', 'infinity', now())`,
        [ids[0]],
      ),
    'delete from chunks',
  ],
  [
    'its messages cost something else',
    ({ query }, ids) => query('update messages set cost_micros = cost_micros + 1 where id = $1', [ids[0]]),
    'update messages set cost_micros = cost_micros - 1 where cost_micros > 50000',
  ],
];

for (const [what, begin, end] of holds) {
  test(`a campaign stays as long as ${what}`, async (t) => {
    const archive = await Archive.openFor(t);
    const plain = await archive.send({ day: 0 });
    const held = await archive.send({ day: 0 });
    archive.turnPage();
    await archive.send({ day: 90 });
    await begin(archive, held.ids, held.campaignId);
    for (const day of [keepDays + 1, keepDays + 10, keepDays + 50]) {
      await archive.forgetAt(day);
      assert.deepEqual(await archive.left(held), all(3), `day ${day}`);
    }
    assert.deepEqual(await archive.left(plain), nothing);
    await archive.query(end);
    await balanced(archive);
    await archive.forgetAt(keepDays + 51);
    assert.deepEqual(await archive.left(held), nothing);
    assert.deepEqual(await archive.partitions('messages'), [1]);
    await balanced(archive);
  });
}

test('a campaign that was never sent is kept until its end', async (t) => {
  const archive = await Archive.openFor(t);
  const open = await archive.send({ day: 0, isOpen: true });
  await archive.forgetAt(1000);
  assert.deepEqual(await archive.left(open), all(3));
  await archive.end(open, archive.at(1000));
  await archive.forgetAt(1000 + keepDays);
  assert.deepEqual(await archive.left(open), nothing);
  await balanced(archive);
});

test('rows in use are left for the next round as a whole', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0 });
  archive.turnPage();
  await archive.send({ day: 90 });
  const { database } = archive.testRows;
  await database.transaction(async (query) => {
    await query('select count(*) from campaigns');
    assert.equal(await archive.forgetAt(keepDays + 1), true);
    await query('select count(*) from messages');
  });
  assert.deepEqual(await archive.left(old), all(3));
  assert.equal(await archive.count('ledger_carry_forward'), 0);
  await database.transaction(async (query) => {
    await query('select count(*) from messages');
    assert.equal(await archive.forgetAt(keepDays + 1), true);
  });
  // An interrupted round leaves a consistent state.
  assert.deepEqual(await archive.left(old), { campaign: false, messages: 3 });
  await balanced(archive);
  assert.equal(await archive.forgetAt(keepDays + 1), false);
  assert.deepEqual(await archive.left(old), nothing);
  await balanced(archive);
});

test('during an audit no partition is dropped', async (t) => {
  const archive = await Archive.openFor(t);
  await archive.send({ day: 0 });
  archive.turnPage();
  await archive.send({ day: 90 });
  const found = await archive.testRows.database.transaction(async (query) => {
    await query('set transaction isolation level repeatable read, read only');
    await keepPartitions(query);
    await query('select 1 from balances');
    assert.equal(await archive.forgetAt(keepDays + 1), true);
    return audit(query);
  });
  assert.deepEqual(found, []);
  assert.equal(await archive.forgetAt(keepDays + 1), false);
  assert.deepEqual(await archive.partitions('messages'), [1]);
});

test('traffic continues while partitions are dropped, and no message is lost', async (t) => {
  const archive = await Archive.openFor(t);
  for (let i = 0; i < 4; i++) {
    await archive.send({ day: i, count: 500 });
    archive.turnPage();
  }
  let isOver = false;
  let sent = 0;
  const traffic = async () => {
    for (; !isOver; sent++) await archive.send({ day: keepDays - 1, count: 2 });
  };
  const running = traffic();
  while ((await archive.partitions('messages')).length > 1) await archive.forgetAt(keepDays + 3.5);
  const during = sent;
  while (sent < during + 5) await archive.forgetAt(keepDays + 3.5);
  isOver = true;
  await running;
  assert.equal(await archive.count('messages'), 2 * sent);
  assert.deepEqual(await archive.partitions('carrier_references'), [4]);
  await balanced(archive);
});

test('a campaign with a reserved id of an old partition is accepted', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0 });
  const campaignId = archive.promiseCampaign();
  await archive.query(
    `insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
     values (0, $1, $2, 'list', 'clients', '{}', 'ready', to_timestamp($3::float8 / 1000))`,
    [archive.account, campaignId, archive.at(keepDays)],
  );
  archive.turnPage();
  await archive.send({ day: 90 });
  await archive.forgetAt(keepDays + 1);
  assert.deepEqual(await archive.partitions('campaigns'), [0, 1]);
  await archive.forgetAt(keepDays + 4);
  assert.deepEqual(await archive.left(old), nothing, 'one by one then');
  const promised = await archive.send({ day: keepDays + 5, campaignId });
  await archive.query("update contact_list_campaigns set status = 'sent'");
  await archive.send({ day: 2 * keepDays });
  await archive.forgetAt(2 * keepDays + 4);
  assert.deepEqual(await archive.left(promised), all(3));
  await archive.forgetAt(2 * keepDays + 6);
  assert.deepEqual(await archive.partitions('campaigns'), [1]);
  await balanced(archive);
});

test('a partition is old when it is old in every bucket', async (t) => {
  const archive = await Archive.openFor(t);
  const { query } = archive;
  const old = await archive.send({ day: 0 });
  const far = await archive.send({ day: 0 });
  archive.turnPage();
  await archive.send({ day: 90 });
  // The accounts of the other bucket existed from the beginning.
  for (const table of ['campaigns', 'messages'])
    await query(`update ${table} set bucket = 7 where ${table === 'campaigns' ? 'id' : 'campaign_id'} = $1`, [
      far.campaignId,
    ]);
  await query("update campaigns set last_due_at = due_at + interval '50 days' where bucket = 7");
  const buckets = [0, 7];
  await archive.forgetAt(keepDays + 10, { buckets });
  assert.deepEqual(await archive.left(old), nothing);
  assert.deepEqual(await archive.left(far), all(3));
  await archive.forgetAt(keepDays + 51, { buckets });
  assert.deepEqual(await archive.partitions('messages'), [1]);
  assert.deepEqual(await query('select bucket from ledger_carry_forward order by 1'), [
    { bucket: 0 },
    { bucket: 7 },
  ]);
});

test('references are deleted after the last receipt, conversations after the last STOP, for any retention', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0 });
  archive.turnPage();
  await archive.send({ day: 2 });
  const forget = (day: number) => archive.forgetAt(day, { keepDays: null });
  await forget(4.9);
  assert.equal((await findSegments(archive.query, [`r${old.ids[0]}`])).length, 1);
  await forget(5.1);
  assert.deepEqual(await archive.partitions('carrier_references'), [1]);
  const stopped = (day: number) =>
    findConversations(
      archive.query,
      [{ msisdn: 33600000000, number: null, sinceMs: archive.at(day - 30) }],
      archive.at(1),
    ).then(([found]) => found ?? null);
  await forget(29.9);
  assert.equal((await stopped(29.9))?.messageId, old.ids[0]);
  await forget(30.1);
  assert.deepEqual(await archive.partitions('conversations'), [1]);
  await forget(10_000);
  assert.deepEqual(await archive.left(old), all(3));
  assert.equal(await archive.count('conversations'), 0, 'of the open partition row by row');
  await balanced(archive);
});

test('a message without a final status keeps its references', async (t) => {
  const archive = await Archive.openFor(t);
  const open = await archive.send({ day: 0 });
  await archive.query('update messages set status = 0 where id = $1', [open.ids[0]]);
  archive.turnPage();
  await archive.send({ day: 2 });
  await archive.forgetAt(20);
  assert.deepEqual(await archive.partitions('carrier_references'), [0, 1]);
});

test('the audit still finds faults of deleted messages', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0 });
  const young = await archive.send({ day: 50 });
  await archive.forgetAt(keepDays + 10);
  assert.deepEqual(await archive.left(old), nothing);
  await balanced(archive);
  const tamperings = [
    'update ledger_carry_forward set campaigns_micros = campaigns_micros - 1',
    'update ledger_carry_forward set messages_micros = messages_micros + 1',
    `update ledger_entries set amount_micros = amount_micros + 1 where kind = 'charge' and ${old.ids[0]} = any(message_ids)`,
    `update ledger_entries set amount_micros = amount_micros - 1 where kind = 'hold' and ${old.campaignId} = any(campaign_ids)`,
    `delete from messages where id = ${young.ids[0]}`,
    `delete from campaigns where id = ${young.campaignId}`,
  ];
  for (const text of tamperings)
    await assert.rejects(
      archive.testRows.database.transaction(async (query) => {
        await query(text);
        assert.notDeepEqual(await audit(query), [], text);
        throw new Error('undone');
      }),
      /undone/,
    );
});

test('a deleted campaign takes its key, its draft and its labels with it', async (t) => {
  const archive = await Archive.openFor(t);
  const { query, account } = archive;
  const old = await archive.send({ day: 0, requestId: 'order 1' });
  const young = await archive.send({ day: 50, requestId: 'order 2' });
  for (const [day, { campaignId }] of [old, young].entries()) {
    await query("insert into campaign_origins values (0, $1, $2, 'clients', null)", [account, campaignId]);
    await query("insert into campaign_reviews values (0, $1, $2, '{}', 'noted', now())", [
      account,
      campaignId,
    ]);
    await query('insert into quota_campaigns values (0, $1, $2, 1)', [account, campaignId]);
    await query(
      `insert into drafts (bucket, account_id, name, campaign_id, created_at) values (0, $1, $2, $3, now())`,
      [account, `draft ${day}`, campaignId],
    );
    await query("insert into draft_parts values (0, $1, 1, '{}')", [campaignId]);
    await query(
      `insert into idempotency_keys (bucket, account_id, scope, key, campaign_id) values (0, $1, 2, $2, $3)`,
      [account, String(campaignId), campaignId],
    );
  }
  await archive.forgetAt(keepDays + 10);
  const tables = ['campaign_origins', 'campaign_reviews', 'quota_campaigns', 'drafts', 'draft_parts'];
  for (const table of tables) assert.equal(await archive.count(table), 1, table);
  assert.equal(await archive.count('idempotency_keys'), 2);
  assert.equal(await archive.count('idempotency_keys', `campaign_id = ${young.campaignId}`), 2);
  assert.deepEqual(await violations(query), []);
});

test('one process at a time applies retention', async (t) => {
  const archive = await Archive.openFor(t);
  const { database } = archive.testRows;
  const answer = await aloneIn(database, 'forgetting', async () => [
    await aloneIn(database, 'forgetting', async () => 'second'),
    await aloneIn(database, 'something else', async () => 'other'),
  ]);
  assert.deepEqual(answer, [null, 'other']);
  assert.equal(await aloneIn(database, 'forgetting', async () => 'free again'), 'free again');
});

test('a stopped round ends early, and the next one continues', async (t) => {
  const archive = await Archive.openFor(t);
  const old = await archive.send({ day: 0, count: 50 });
  await archive.forgetAt(keepDays + 10, { steps: 3 });
  await archive.forgetAt(keepDays + 10);
  assert.deepEqual(await archive.left(old), nothing);
  await balanced(archive);
});
