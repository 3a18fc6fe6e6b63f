// Rows of ordinary tables that retention deletes, and rows that it keeps: young ones, open ones, referenced ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Archive, keepDays } from '../../../test/support/archive.ts';

/** Days, as an interval of PostgreSQL. */
const at = (archive: Archive, day: number) => `to_timestamp(${archive.at(day)}::float8 / 1000)`;

type Insert = (archive: Archive, day: number, n: number) => string;

/** A table, a function that inserts a row of a given day, and a change that keeps an old row. */
const tables: readonly (readonly [table: string, insert: Insert, stays: string | null])[] = [
  [
    'replies',
    (archive, day, n) => `
insert into replies (bucket, account_id, connector_id, msisdn, recipient, text, is_opt_out, at)
values (0, ${n % 2 === 0 ? 0 : archive.account}, 1, ${n}, '36180', 'yes', false, ${at(archive, day)})`,
    `insert into callbacks (bucket, account_id, kind, dialect, reply_id, due_at, created_at)
     select 0, account_id, 'reply', 1, id, now(), now() from replies`,
  ],
  [
    'callback_attempts',
    (archive, day, n) => `
insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids)
values (0, ${archive.account}, ${n}, 1, ${at(archive, day)}, '{}', '{}')`,
    null,
  ],
  [
    'lookup_orders',
    (archive, day, n) => `
insert into lookup_orders (bucket, account_id, msisdn, country, status, cost_micros, due_at, ordered_at)
values (0, ${archive.account}, ${n}, 'FR', 'done', 1, ${at(archive, day)}, ${at(archive, day)})`,
    "update lookup_orders set status = 'waiting'",
  ],
  [
    'lookups',
    (archive, day, n) => `
insert into lookups (bucket, account_id, numbers, cost_micros, at) values (0, ${archive.account}, ${n}, 1, ${at(archive, day)})`,
    null,
  ],
  [
    'opt_out_removals',
    (archive, day, n) => `
insert into opt_out_removals (bucket, account_id, msisdn, opted_out_at, at)
values (0, ${archive.account}, ${n}, ${at(archive, day)}, ${at(archive, day)})`,
    null,
  ],
  [
    'phonebook_imports',
    (archive, day, n) => `
insert into phonebook_imports (bucket, account_id, phonebook_key, contacts, at)
values (0, ${archive.account}, 'book', ${n}, ${at(archive, day)})`,
    null,
  ],
  [
    'slot_cleanings',
    (archive, day, n) => `
insert into slot_cleanings (bucket, account_id, user_id, slot, content_id, status, step, due_at, created_at)
values (0, ${archive.account}, 0, ${n}, gen_random_uuid(), 'done', 'done', now(), ${at(archive, day)})`,
    "update slot_cleanings set status = 'doing'",
  ],
  [
    'credit_alerts',
    (archive, day) => `
insert into credit_alerts (bucket, account_id, available_micros, bound_micros, mail_to, raised_at, retry_at, cleared_at)
values (0, ${archive.account}, 1, 2, 'desk@example.com', ${at(archive, day)}, now(), now())`,
    'update credit_alerts set cleared_at = null where id = (select min(id) from credit_alerts)',
  ],
  [
    'automatic_top_ups',
    (archive, day) => `
insert into automatic_top_ups (bucket, account_id, available_micros, threshold_micros, raised_at, cleared_at)
values (0, ${archive.account}, 1, 2, ${at(archive, day)}, now())`,
    'update automatic_top_ups set cleared_at = null where id = (select min(id) from automatic_top_ups)',
  ],
  [
    'batches',
    (archive, day) => `
insert into batches (bucket, account_id, id, name, order_details, receivers, status, total_records, campaign_id, created_at,
  updated_at)
values (0, ${archive.account}, gen_random_uuid(), 'batch', '{}', '{+33600000000}', 'completed', 1, 1, ${at(archive, day)}, now())`,
    "update batches set status = 'inserting'",
  ],
  [
    'contact_list_campaigns',
    (archive, day, n) => `
with part as (
  insert into contact_list_campaign_parts (bucket, account_id, id, number, recipients, campaign_id)
  values (0, ${archive.account}, ${n}, 1, '[["+33600000000"]]', ${n})
)
insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
values (0, ${archive.account}, ${n}, 'list', 'clients', '{}', 'ready', ${at(archive, day)})`,
    "update contact_list_campaigns set status = 'sending'",
  ],
];

for (const [table, insert, stays] of tables) {
  test(`${table}: old rows are deleted${stays === null ? '' : ', except open ones'}`, async (t) => {
    const archive = await Archive.openFor(t);
    for (let n = 1; n <= 4; n++) await archive.query(insert(archive, n < 3 ? 0 : 50, n));
    await archive.forgetAt(keepDays - 1);
    assert.equal(await archive.count(table), 4);
    if (stays !== null) {
      await archive.query(stays);
      const open = await archive.count(table);
      await archive.forgetAt(keepDays + 1);
      assert.ok((await archive.count(table)) > 2, `${open} rows were there`);
      return;
    }
    await archive.forgetAt(keepDays + 1);
    assert.equal(await archive.count(table), 2);
    await archive.forgetAt(1000, { keepDays: null });
    assert.equal(await archive.count(table), 2, 'for ever');
  });
}

test('old rows are deleted a thousand at a time, and open ones before them do not block them', async (t) => {
  const archive = await Archive.openFor(t);
  await archive.query(
    `insert into lookup_orders (bucket, account_id, msisdn, country, status, cost_micros, due_at, ordered_at)
     select 0, $1, n, 'FR', case when n <= 3 then 'waiting' else 'done' end, 1, now(), to_timestamp($2::float8 / 1000)
     from generate_series(1, 3500) n`,
    [archive.account, archive.at(0)],
  );
  await archive.forgetAt(keepDays + 1);
  assert.equal(await archive.count('lookup_orders'), 3);
});

test('the mark of a deleted message is kept as long as the message', async (t) => {
  const archive = await Archive.openFor(t);
  const [old, young] = [await archive.send({ day: 0 }), await archive.send({ day: 50 })];
  for (const { ids } of [old, young])
    await archive.query('insert into hidden_messages values (0, $1, $2, now())', [archive.account, ids[0]]);
  await archive.forgetAt(keepDays + 10);
  await archive.forgetAt(keepDays + 10);
  const rows = await archive.query('select message_id as id from hidden_messages');
  assert.deepEqual(rows, [{ id: young.ids[0] }]);
});

test('a contact-list campaign and a batch are kept as long as a campaign that they became', async (t) => {
  const archive = await Archive.openFor(t);
  const { query, account } = archive;
  const sent = await archive.send({ day: 0, dueInDays: 50 });
  const batch = '00000000-0000-4000-8000-000000000001';
  await query('update campaigns set batch_id = $1', [batch]);
  await query(
    `insert into batches (bucket, account_id, id, name, order_details, status, total_records, campaign_id, created_at, updated_at)
     values (0, $1, $2, 'batch', '{}', 'completed', 1, $3, to_timestamp($4::float8 / 1000), now())`,
    [account, batch, sent.campaignId, archive.at(0)],
  );
  await query(
    `insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
     values (0, $1, 5, 'list', 'clients', '{}', 'sent', to_timestamp($2::float8 / 1000))`,
    [account, archive.at(0)],
  );
  await query("insert into contact_list_campaign_parts values (0, $1, 5, 1, '[]', $2, true)", [
    account,
    sent.campaignId,
  ]);
  await archive.forgetAt(keepDays + 10);
  assert.deepEqual([await archive.count('batches'), await archive.count('contact_list_campaigns')], [1, 1]);
  await archive.forgetAt(keepDays + 60);
  assert.deepEqual([await archive.count('batches'), await archive.count('contact_list_campaigns')], [0, 0]);
  assert.equal(await archive.count('contact_list_campaign_parts'), 0);
});

test('used codes, unconfirmed drafts, counts of past months and ended processes are deleted in any case', async (t) => {
  const archive = await Archive.openFor(t);
  const { query, account } = archive;
  const today = 60;
  const month = new Date(archive.at(today)).getUTCFullYear() * 12 + new Date(archive.at(today)).getUTCMonth();
  for (const day of [20, today]) {
    await query(
      `insert into one_time_codes (bucket, account_id, token_sha256, msisdn, code_hash, salt, attempts_left, expires_at, created_at)
       values (0, $1, $2, 1, '', '', 1, ${at(archive, day)}, now())`,
      [account, Buffer.from([day])],
    );
    await query(
      `insert into drafts (bucket, account_id, name, campaign_id, created_at) values (0, $1, $2, $3, ${at(archive, day)})`,
      [account, `draft ${day}`, day],
    );
    await query("insert into draft_parts values (0, $1, 1, '{}')", [day]);
    await query(
      `insert into processes (host, pid, roles, started_at, lease_until, ended_at)
       values ('host', 1, '{}', now(), now(), ${at(archive, day)})`,
    );
  }
  for (const day of [20, today])
    await query(
      `insert into carrier_exchanges (connector_id, process_id, saved_at, exchanges) values (1, $1, ${at(archive, day)}, '[]')`,
      [day],
    );
  await query(
    "insert into processes (host, pid, roles, started_at, lease_until) values ('host', 2, '{}', '2000-01-01', now())",
  );
  for (const n of [0, 1, 2])
    await query('insert into cancel_requests values (0, $1, $2, 1)', [account, month - n]);
  await archive.forgetAt(today, { keepDays: null });
  assert.equal(await archive.count('one_time_codes'), 1);
  assert.deepEqual(await query('select name from drafts'), [{ name: `draft ${today}` }]);
  assert.equal(await archive.count('draft_parts'), 1);
  assert.equal(await archive.count('carrier_exchanges'), 1);
  assert.deepEqual(await query('select month from cancel_requests'), [{ month }]);
  assert.equal(await archive.count('processes', 'ended_at is null'), 1);
  assert.equal(await archive.count('processes'), 2);
});

test('a sent draft is not an unconfirmed one, even if its process crashed before it recorded that', async (t) => {
  const archive = await Archive.openFor(t);
  const { query, account } = archive;
  await query(
    `insert into drafts (bucket, account_id, name, campaign_id, created_at) values (0, $1, 'sent', 7, ${at(archive, 0)})`,
    [account],
  );
  await query(
    "insert into idempotency_keys (bucket, account_id, scope, key, campaign_id) values (0, $1, 2, '7', 7)",
    [account],
  );
  await archive.forgetAt(60, { keepDays: null });
  assert.equal(await archive.count('drafts'), 1);
});
