// The look for due work asks for the rows that the claims take, and finds each kind with its due time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '#store/campaigns/batches.ts';
import '#store/campaigns/contact-list-campaigns.ts';
import '#store/campaigns/history-exports.ts';
import '#store/pipeline/callbacks.ts';
import '#store/pipeline/chunks.ts';
import '#store/recipients/lookup-orders.ts';
import '#store/recipients/slot-cleanings.ts';
import { registeredStatements } from '#store/database/statement.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { type DueKind, dueSources, findDueWork } from './due-work.ts';

const claims: Readonly<Record<keyof typeof dueSources, string>> = {
  chunks: 'claim_chunks',
  callbacks: 'claim_callbacks',
  bindCallbacks: 'claim_bind_callbacks',
  batches: 'claim_batches',
  contactListCampaigns: 'claim_contact_list_campaigns',
  slotCleanings: 'claim_slot_cleanings',
  lookupOrders: 'claim_lookup_orders',
  historyExports: 'claim_history_exports',
  notifications: 'claim_notifications',
};

for (const [kind, { table, isOpen, dueAt, ...source }] of Object.entries(dueSources))
  test(`the look for ${kind} has the conditions of their claim`, () => {
    const name = claims[kind as keyof typeof dueSources];
    const claim = registeredStatements().find((statement) => statement.name === name);
    assert.ok(claim, name);
    assert.match(claim.text, new RegExp(`from ${table}\\b`));
    for (const condition of isOpen.split(' and ')) assert.ok(claim.text.includes(condition), condition);
    assert.ok(claim.text.includes(`${dueAt} <= `), dueAt);
    assert.equal(claim.text.includes(`${dueAt} is null or`), 'nullIsDue' in source);
  });

test('a look names the kinds with work that is due in time, each with its due time', async (t) => {
  const rows = await TestRows.openFor(t);
  const bucket = 0;
  const id = await rows.anAccount();
  const look = async (untilMs: number) => [...(await findDueWork(rows.query, bucket, untilMs))];
  assert.deepEqual(await look(nowMs), []);
  await insertNotifications(
    rows.query,
    { bucket, id },
    [{ media: 'mail', recipient: 'boss@example.com', subject: '', text: '' }],
    nowMs,
  );
  const mail: [DueKind, number] = ['notifications', nowMs];
  assert.deepEqual(await look(nowMs - 1), []);
  assert.deepEqual(await look(nowMs), [mail]);
  await rows.query(
    `insert into contact_list_campaigns (bucket, account_id, id, group_kind, group_name, order_details, status, created_at)
     values ($1, $2, 1, 'list', 'all', '{}', 'computing', now())`,
    [bucket, id],
  );
  assert.deepEqual(await look(nowMs), [['contactListCampaigns', 0], mail]);
  await rows.aCampaign(id, 3);
  const kinds = (await look(nowMs + 60_000)).map(([kind]) => kind);
  assert.deepEqual(kinds, ['chunks', 'contactListCampaigns', 'notifications']);
});
