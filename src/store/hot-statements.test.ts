// Every statement of the hot path, run and explained: with empty tables, with rows that were never analysed, and with
// many that were. None may read messages or carrier references from end to end: a plan made when a partition was young
// is kept when it has grown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findByCredential } from '#store/accounts/accounts.ts';
import { insertUser } from '#store/accounts/users.ts';
import { insertOrigins } from '#store/campaigns/campaign-origins.ts';
import { listCampaignsBefore, listSentMessages, readSentMessage } from '#store/campaigns/history.ts';
import type { PipelinedConnection, Query } from '#store/database/database.ts';
import { createIds } from '#store/database/ids.ts';
import { readBalance } from '#store/money/ledger.ts';
import {
  finishQuotaUse,
  lockMoney,
  reserveFromQuotas,
  returnReleased,
  setQuota,
} from '#store/money/quotas.ts';
import { acceptCampaigns, claimIdempotencyKeys, releaseIdempotencyKeys } from '#store/pipeline/acceptance.ts';
import { readCallbackFacts } from '#store/pipeline/callback-facts.ts';
import { claimDueCallbacks, recordAttempts, releaseCallbacks } from '#store/pipeline/callbacks.ts';
import {
  claimDueChunks,
  claimExpiredChunks,
  findNextDue,
  listOwnedChunks,
  readChunkMessages,
  releaseChunks,
  releaseChunksOfDeadProcesses,
} from '#store/pipeline/chunks.ts';
import { findConversations, listWithoutEnd, openConversations } from '#store/pipeline/conversations.ts';
import { finishMessages, readFinishedMessages } from '#store/pipeline/messages.ts';
import { assertProcessLives, storeOutcomes } from '#store/pipeline/outcomes.ts';
import {
  closeReceiptWindow,
  lockReceiptWindow,
  openReceiptWindows,
  putOffReceiptWindow,
  readEarliestExpiry,
  readExpiredMessages,
  readSubmissions,
  sliceSize,
} from '#store/pipeline/receipt-windows.ts';
import { findSegments, insertUnmatchedReceipts } from '#store/pipeline/receipts.ts';
import { insertSecretTexts, maskSecretTexts } from '#store/pipeline/secret-texts.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';
import { aCampaignOf, carriage, costMicros, nowMs, TestRows } from '../../test/support/rows.ts';

let testRows: TestRows;
let connection: PipelinedConnection;
let account: number;
let user: number;
let process: number;
/** Has the other chunks in its hands. */
let busy: number;

before(async () => {
  testRows = await TestRows.open();
  connection = testRows.database.openPipeline();
  account = await testRows.anAccount();
  const password = { salt: Buffer.alloc(1), hash: Buffer.alloc(1) };
  user = (await insertUser(testRows.query, { bucket: 0, id: account }, 'desk', password, nowMs))!.id;
  assert.ok(await setQuota(testRows.query, { bucket: 0, id: account }, user, 1_000n, nowMs));
  process = await registerProcess(testRows.query, 'host', 1, ['dispatch']);
  busy = await registerProcess(testRows.query, 'host', 2, ['dispatch']);
});

after(async () => {
  await connection.close();
  await testRows[Symbol.asyncDispose]();
});

/** Statements by name, as they were sent last. */
type Sent = Map<string, { readonly text: string; readonly values: readonly unknown[] }>;

function listening(query: Query, sent: Sent): Query {
  return ((statement, values) => {
    const { name, text } =
      typeof statement === 'string' ? { name: statement.trim().slice(0, 40), text: statement } : statement;
    if (!/^(begin|commit)$/.test(text)) sent.set(name, { text, values: values ?? [] });
    return query(statement, values);
  }) as Query;
}

/** The life of one campaign in as many statements as there are: what it needs of the tables is all there is. */
async function live(query: Query, batch: number): Promise<void> {
  const firstId = await testRows.ids.take('message', 6);
  const campaign = aCampaignOf(account, await testRows.ids.take('campaign', 1), firstId, 6);
  const chunk = { id: firstId, messageCount: 6, priorityClass: 0, dueAtMs: nowMs, startTagMs: nowMs };
  const expiresAtMs = nowMs + 86_400_000;
  const claim = { accountId: account, scope: 1, key: `key ${batch}`, campaignId: campaign.id };
  await findByCredential(query, 'octopush', 'nobody@example.com');
  await findOptOuts(query, { bucket: 0, id: account }, [33600000000, 33600000001]);
  await claimIdempotencyKeys(query, 0, [{ ...claim, expiresAtMs: nowMs }], nowMs);
  const paid = await acceptCampaigns(
    query,
    0,
    new Map([[account, campaign.costMicros]]),
    [campaign],
    [{ ...chunk, expiresAtMs, processId: null }],
    nowMs,
  );
  assert.equal(paid.size, 1);
  await openConversations(query, 0, [{ firstMessageId: firstId, messageCount: 6, number: 'chappe' }]);
  const where = { accountId: account, campaignId: campaign.id };
  await insertOrigins(query, 0, [{ ...where, listName: 'clients', wholeId: 1 }]);
  await insertSecretTexts(query, 0, [{ ...where, maskedText: '***' }]);
  await maskSecretTexts(query, 0, nowMs);
  assert.equal(await textOf(query, campaign.id), 'Hello', 'it waits');
  const use = { accountId: account, userId: user, amountMicros: 1n };
  await lockMoney(query, 0, [account]);
  const { drawn } = await reserveFromQuotas(query, 0, [use], nowMs);
  assert.deepEqual([...drawn], [user]);
  await finishQuotaUse(query, 0, { unspent: [use], paid: [{ ...where, userId: user }] }, nowMs);
  await returnReleased(query, 0, [firstId], nowMs);
  const { msisdn } = campaign.messages[5]!;
  const question = { msisdn, number: 'chappe', sinceMs: nowMs - 1 };
  const [answered] = await findConversations(query, [question], nowMs);
  assert.equal(answered?.messageId, firstId + 5);
  const phone = { accountId: account, msisdn, coversEveryPurpose: true };
  assert.ok((await listWithoutEnd(query, 0, [phone])).includes(firstId + 5));
  await releaseIdempotencyKeys(query, 0, [{ ...claim, expiresAtMs: nowMs }]);
  await readBalance(query, { bucket: 0, id: account });

  const dueAtMs = await findNextDue(query, 0, nowMs + 1_000);
  assert.ok(dueAtMs !== null && dueAtMs <= nowMs, String(dueAtMs));
  assert.equal(await findNextDue(query, 0, dueAtMs - 1), null, 'nothing is due before');
  const [claimed] = await claimDueChunks(query, 0, process, nowMs, 8);
  assert.ok(claimed, 'the chunk is claimed');
  assert.equal((await readChunkMessages(query, claimed)).length, 6);
  await releaseChunks(query, 0, process, [claimed.id], nowMs);
  const [again] = await claimDueChunks(query, 0, process, nowMs, 8);
  assert.equal((await readChunkMessages(query, again!)).length, 6);
  assert.deepEqual(await listOwnedChunks(query, 0, process), [firstId]);
  assert.deepEqual(await claimExpiredChunks(query, 0, process, nowMs, 8), []);
  assert.deepEqual(await releaseChunksOfDeadProcesses(query, 0), []);

  assert.equal(await findNextDue(query, 0, nowMs + 1_000), null, 'a claimed chunk is not free');

  const ids = campaign.messages.map((_, i) => firstId + i);
  const refs = ids.map((messageId) => ({
    messageId,
    part: 0,
    connectorId: 1,
    reference: `r${messageId}`,
    atMs: nowMs,
  }));
  await query('begin');
  await assertProcessLives(query, process);
  const settlements = ids.map(
    (messageId) => ({ messageId, accountId: account, kind: 'charge', costMicros, carriage }) as const,
  );
  const outcomes = { processId: process, number: batch, references: refs, settlements, chunkIds: [firstId] };
  await storeOutcomes(query, 0, outcomes, nowMs);
  await query('commit');

  await lookForReceipts(query, ids);
  const found = await findSegments(
    query,
    refs.map(({ reference }) => reference),
  );
  assert.equal(found.length, 6);
  const change = { deliveredSegments: 1, status: 'delivered', error: null, connectorId: 1 } as const;
  const finish = (processId: number | null, of: readonly number[]) =>
    finishMessages(
      query,
      0,
      of.map((messageId) => ({ ...change, messageId, submittedAtMs: nowMs, atMs: nowMs })),
      processId,
      nowMs,
    );
  const finished = await finish(process, ids.slice(0, 3));
  assert.deepEqual(
    finished.map(({ campaignId, listName }) => [campaignId, listName]),
    Array(3).fill([1, 'clients']),
  );
  await maskSecretTexts(query, 0, nowMs);
  assert.equal(await textOf(query, campaign.id), '***', 'the message was submitted');
  assert.equal((await finish(process, ids.slice(0, 3))).length, 0, 'a repeated receipt changes nothing');
  assert.equal((await finish(null, ids.slice(3))).length, 3);
  const receipt = { references: ['nobody'], state: 'delivered' as const, error: null, atMs: nowMs };
  await insertUnmatchedReceipts(query, [{ connectorId: 1, receipt }], nowMs);

  const [callback] = await claimDueCallbacks(query, 0, process, nowMs, 8);
  assert.deepEqual(callback?.messageIds, ids.slice(3));
  const readAgain = await readFinishedMessages(query, 0, callback!.messageIds!);
  assert.deepEqual(
    readAgain.map(({ campaignId, listName }) => [campaignId, listName]),
    Array(3).fill([1, 'clients']),
  );
  const facts = await readCallbackFacts(query, 0, ids);
  assert.deepEqual([...facts.keys()], ids);
  const key = { bucket: 0, id: account };
  assert.equal((await readSentMessage(query, key, ids[5]!))?.status, 'delivered');
  const [newest] = await listCampaignsBefore(query, key, {}, { beforeId: campaign.id + 1, limit: 1 });
  assert.equal(newest?.id, campaign.id);
  const range = { campaign: newest!, firstId, count: 6 };
  assert.equal((await listSentMessages(query, key, [range], null)).length, 6);
  await releaseCallbacks(query, 0, process, [callback!.id], 0);
  const [callbackAgain] = await claimDueCallbacks(query, 0, process, nowMs, 8);
  const round = {
    id: callbackAgain!.id,
    accountId: account,
    attempt: 1,
    httpStatus: null,
    durationMs: null,
    answer: null,
    error: null,
    dueAtMs: null,
  };
  await recordAttempts(query, 0, process, [{ ...round, doneIds: ids.slice(3), failedIds: [] }], nowMs);
}

/** The same for a message that travels alone: it uses the forms of the statements whose rows are scalars. */
async function liveAlone(query: Query, batch: number): Promise<void> {
  const [messageId] = (await testRows.aCampaign(account, 1, { processId: process, query })) as [number];
  const outcomes = {
    processId: process,
    number: batch,
    references: [{ messageId, part: 0, connectorId: 1, reference: `r${messageId}`, atMs: nowMs }],
    settlements: [{ messageId, accountId: account, kind: 'charge', costMicros, carriage }],
    chunkIds: [messageId],
  } as const;
  await storeOutcomes(query, 0, outcomes, nowMs);
  assert.deepEqual(await listOwnedChunks(query, 0, process), [], 'the chunk is finished');
  const delivered = { deliveredSegments: 1, status: 'delivered', error: null, connectorId: 1 } as const;
  const update = { ...delivered, messageId, submittedAtMs: nowMs, atMs: nowMs };
  const [finished] = await finishMessages(query, 0, [update], process, nowMs);
  assert.equal(finished?.messageId, messageId);
  const ended = {
    attempt: 1,
    httpStatus: null,
    durationMs: null,
    answer: null,
    error: null,
    dueAtMs: null,
    doneIds: [messageId],
    failedIds: [],
  };
  const id = finished.callbackId!;
  await recordAttempts(query, 0, process, [{ ...ended, id, accountId: account }], nowMs);
  const left = 'select id from callbacks where id = $1';
  assert.deepEqual(await query(left, [id]), [], 'the attempt ended the callback');
}

/** Of messages that a carrier took, as the loop looks that closes receipt windows. */
async function lookForReceipts(query: Query, ids: readonly number[]): Promise<void> {
  const slice = { firstId: ids[0]! - (ids[0]! % sliceSize), isSettled: false };
  await openReceiptWindows(query, 0, nowMs);
  assert.ok(await lockReceiptWindow(query, 0, nowMs, nowMs), 'a slice is due');
  const expiredByMs = nowMs + 86_400_000;
  const page = { afterId: ids[0]! - 1, expiredByMs, limit: 6 };
  assert.deepEqual(await readExpiredMessages(query, 0, slice, page), ids);
  assert.equal(await readEarliestExpiry(query, 0, slice), expiredByMs);
  const taken = await readSubmissions(query, 0, ids);
  assert.deepEqual(
    taken.map(({ messageId }) => messageId),
    ids,
  );
  await putOffReceiptWindow(query, 0, slice, nowMs);
  await closeReceiptWindow(query, 0, { firstId: -1, isSettled: true });
}

async function textOf(query: Query, campaignId: number): Promise<string> {
  const where = 'bucket = 0 and account_id = $1 and id = $2';
  const [row] = await query<{ text: string }>(`select text from campaigns where ${where}`, [
    account,
    campaignId,
  ]);
  return row!.text;
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

interface Explained {
  readonly 'QUERY PLAN': readonly { readonly Plan: Plan }[];
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}

/** The plan that is kept for a statement, whatever its values. */
async function explain(query: Query, text: string): Promise<Plan> {
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)));
  await query(`prepare explained as ${text}`);
  await query('set plan_cache_mode = force_generic_plan');
  const values = Array.from({ length: count }, () => 'null').join(', ');
  const [row] = await query<Explained>(
    `explain (format json) execute explained${count > 0 ? `(${values})` : ''}`,
  );
  await query('deallocate explained');
  return row!['QUERY PLAN'][0]!.Plan;
}

/** What would grow with the age of the database. */
function badReads(plan: Plan): string[] {
  const bad: string[] = [];
  for (const node of nodesOf(plan)) {
    const table = node['Relation Name'] ?? '';
    if (
      !/^(messages|carrier_references|campaigns)(_p\d+)?$/.test(table) ||
      node['Node Type'] === 'ModifyTable'
    )
      continue;
    const condition = node['Index Cond'] ?? node.Plans?.[0]?.['Index Cond'] ?? '';
    // By the bucket alone, an index is read from end to end as well.
    if (node['Node Type'] === 'Seq Scan' || !/\b(id|message_id|reference)\b/.test(condition))
      bad.push(`${node['Node Type']} on ${table} (${condition})`);
  }
  return bad;
}

let batches = 0;

/** Lives through everything once more, and looks at the plans that connections keep. Answers what was sent. */
async function assertPlans(state: string): Promise<Sent> {
  const sent: Sent = new Map();
  await connection.run((query) => live(listening(query, sent), ++batches));
  await connection.run((query) => liveAlone(listening(query, sent), ++batches));
  assert.ok(sent.size >= 20, `${sent.size} statements were heard`);
  assert.equal([...sent.keys()].filter((name) => name.endsWith('_of_one')).length, 4);
  for (const [name, { text }] of sent) {
    const plan = await connection.run((query) => explain(query, text));
    assert.deepEqual(badReads(plan), [], `${name}, ${state}`);
  }
  return sent;
}

test('with empty tables', async () => {
  await assertPlans('empty');
});

test('with rows that were never analysed', async () => {
  for (let i = 0; i < 4; i++) await testRows.aCampaign(account, 500, { processId: busy });
  await testRows.query(
    `insert into carrier_references (bucket, message_id, part, connector_id, reference, at)
     select 0, id, 0, 1, 'old ' || id, now() from messages`,
  );
  await assertPlans('fresh');
});

test('with many rows, analysed, over two partitions', async () => {
  await testRows.query("update id_sequences set next = 5000000 where name = 'message'");
  const late = createIds(testRows.database, () => nowMs);
  for (let i = 0; i < 10; i++)
    await testRows.aCampaign(account, 500, { processId: busy, firstId: await late.take('message', 500) });
  await testRows.query(
    `insert into carrier_references (bucket, message_id, part, connector_id, reference, at)
     select 0, 1000000 + n, 0, 1, 'many ' || n, now() from generate_series(1, 60000) n`,
  );
  await testRows.query('analyze');
  const sent = await assertPlans('full');
  // Over the pool each plan is made for its values, with whatever the planner likes: large tables are not read there either.
  for (const [name, { text, values }] of sent) {
    const [row] = await testRows.query<Explained>(`explain (format json) ${text}`, values);
    const scans = badReads(row!['QUERY PLAN'][0]!.Plan).filter((read) =>
      /messages|carrier_references_p0/.test(read),
    );
    if (!onlyInPipeline.has(name)) assert.deepEqual(scans, [], `${name}, in the pool`);
  }
});

/** Written for the settings of a pipelined connection, and sent over nothing else. */
const onlyInPipeline = new Set([
  'finish_messages',
  'settle',
  'accept',
  'read_earliest_expiry',
  'read_expired_messages',
  'read_submissions',
]);

test('the check of a plan finds a scan', async () => {
  const inPool = (text: string) => testRows.database.transaction((query) => explain(query, text));
  assert.deepEqual(badReads(await inPool('select * from messages_p0 where msisdn = $1')), [
    'Seq Scan on messages_p0 ()',
  ]);
  const byBucket = await connection.run((inPipeline) =>
    explain(inPipeline, 'select * from messages_p0 where bucket = $1'),
  );
  assert.match(badReads(byBucket).join(), /messages_p0/);
});
