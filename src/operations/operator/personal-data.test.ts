// Access to and erasure of a number on a real database: every table, messages in the middle of a campaign, the ledger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeal } from '#lib/security/sealing.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { continueErasures } from '#pipeline/erase-number.ts';
import { audit } from '#store/money/ledger.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { personalTables } from '#store/recipients/personal-rows.ts';
import {
  carriage,
  costMicros,
  insertCarrierRefs,
  nowMs,
  settle,
  TestRows,
} from '../../../test/support/rows.ts';
import { createPersonalDataService } from './personal-data.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
/** Recipients of a campaign of TestRows are this number and the following ones. */
const msisdn = 33600000000;
const other = 33600000001;
const why = 'request 17 of 30 November';

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const rows = await TestRows.openFor(t);
  const { query, database } = rows;
  const clock = { now: () => nowMs + 1000 };
  const seal = createSeal('a secret of the test');
  const personalData = createPersonalDataService({ database, clock, seal });
  const accountId = await rows.anAccount();

  async function take(ids: readonly number[]) {
    const refs = ids.map((messageId) => ({
      messageId,
      part: 0,
      connectorId: 1,
      reference: `r${messageId}`,
      atMs: nowMs,
    }));
    await insertCarrierRefs(query, 0, refs);
    const charge = { accountId, costMicros, kind: 'charge', carriage } as const;
    await settle(
      query,
      0,
      ids.map((messageId) => ({ ...charge, messageId })),
      nowMs,
    );
  }

  async function deliver(ids: readonly number[]) {
    const news = { deliveredSegments: 1, status: 'delivered', error: null, connectorId: 1 } as const;
    const updates = ids.map((messageId) => ({ ...news, messageId, submittedAtMs: nowMs, atMs: nowMs }));
    await finishMessages(query, 0, updates, null, nowMs);
  }

  const pushAll = () => query('delete from callbacks');
  const continueAll = () => continueErasures({ database, clock }, () => false);
  return { rows, query, personalData, accountId, take, deliver, pushAll, continueAll };
}

/** A row of every other table, about one number. */
async function fillTables(query: TestRows['query'], account: number, number: number): Promise<void> {
  const at = `to_timestamp(${nowMs}::float8 / 1000)`;
  const written = JSON.stringify([
    { number: `0${String(number).slice(2, 3)} ${String(number).slice(3)}`, reason: 'number-invalid' },
    { number: '+33699999999', reason: 'number-invalid' },
  ]);
  const inserts = [
    `insert into imported_messages select 0, ${account}, 'ovh x', ${number} % 1000, ${number}, null, 'to you', 2, 1, ${at}, ${at}`,
    `insert into conversations select 0, 999999, ${number}, null, ${account}, 1, ${at}`,
    `insert into replies (bucket, account_id, connector_id, msisdn, recipient, text, is_opt_out, at)
     values (0, ${account}, 1, ${number}, '36180', 'my address is …', false, ${at})`,
    `insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids, answer)
     values (0, ${account}, 1, 1, ${at}, '{}', '{1}', '<p>no route to 00${number}</p>')`,
    `insert into opt_outs (bucket, account_id, msisdn, at, actor, reason)
     values (0, ${account}, ${number}, ${at}, 'cli:alice', 'told us by telephone')`,
    `insert into opt_out_removals (bucket, account_id, msisdn, opted_out_at, at) values (0, ${account}, ${number}, ${at}, ${at})`,
    `insert into contacts (bucket, account_id, msisdn, first_name, created_at, updated_at)
     values (0, ${account}, ${number}, 'Ann', ${at}, ${at})`,
    `insert into contact_members (bucket, account_id, group_id, msisdn) values (0, ${account}, 1, ${number})`,
    `insert into phonebook_contacts (bucket, account_id, phonebook_key, group_name, name, surname, home_phone)
     values (0, ${account}, 'k', '', 'Ann', 'Doe', '+${number}')`,
    `insert into lookup_orders (bucket, account_id, msisdn, country, status, cost_micros, due_at, ordered_at)
     values (0, ${account}, ${number}, 'FR', 'done', 1, ${at}, ${at})`,
    `insert into one_time_codes (bucket, account_id, token_sha256, msisdn, code_hash, salt, attempts_left, expires_at, created_at)
     values (0, ${account}, sha256('${number}'), ${number}, '', '', 1, ${at}, ${at})`,
    `update campaigns set failures = coalesce(failures, '[]') || '${written}' where account_id = ${account}`,
    `insert into batches (bucket, account_id, id, name, order_details, receivers, errors, status, total_records, campaign_id,
       created_at, updated_at)
     values (0, ${account}, gen_random_uuid(), 'b', '{}', '{+33699999999,00${number}}',
       '[{"receiver": "+${number}", "reason": "x"}]', 'completed', 2, 1, ${at}, ${at})`,
    `insert into contact_list_campaign_parts (bucket, account_id, id, number, recipients, campaign_id)
     values (0, ${account}, ${number % 100}, 1, '[["+${number}", []], ["+33699999999", []]]', 1)`,
    `insert into draft_parts (bucket, campaign_id, part, submission)
     values (0, ${number % 100}, 1, '{"text": "hello", "recipients": [{"number": "+${number}"}, {"number": "+33699999999"}]}')`,
    `insert into compositions (bucket, account_id, id, version, content, changed_by, created_at, changed_at)
     values (0, ${account}, gen_random_uuid(), 1, '{"typed": "+${number}\\n+33699999999"}', 'Ada', ${at}, ${at})`,
    `insert into notifications (bucket, account_id, media, recipient, text, created_at, retry_at)
     values (0, ${account}, 'sms', '+${number}', 'thank you', ${at}, ${at})`,
    `insert into submitted_parts (bucket, account_id, id, source, recipient, reference, total, part, text_sha256, submission,
       received_at, campaign_id)
     values (0, ${account}, ${number % 100}, 'Chappe', '+${number}', 1, 2, 1, '',
       '{"recipients": [{"number": "+${number}"}]}', ${at}, 1)`,
    `insert into inbound_parts (connector_id, source, msisdn, recipient, reference, total, part, content, is_binary,
       received_at, joined_at)
     values (1, '${number}', ${number}, '36180', 1, 2, 1, '', false, ${at}, ${at})`,
  ];
  for (const insert of inserts) await query(insert);
}

async function holdsNumber(query: TestRows['query'], digits: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `select relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await query<{ n: number }>(
      `select count(*) as n from ${name} t where strpos(regexp_replace(t::text, '[ .]', '', 'g'), $1) > 0`,
      [digits],
    );
    if (row!.n > 0) found.push(name);
  }
  return found;
}

test('a number is found and erased in every table; the proof and the audit trail do not contain it', async (t) => {
  const { rows, query, personalData, accountId, take, deliver, pushAll } = await open(t);
  const single = await rows.aCampaign(accountId, 1);
  const shared = await rows.aCampaign(accountId, 2);
  await query('update messages set text = $2 where id = $1', [shared[0], 'Dear Ann, …']);
  await fillTables(query, accountId, msisdn);
  await fillTables(query, accountId, other);
  await take([...single, ...shared]);
  await deliver([...single, ...shared]);
  await pushAll();

  const shown = await personalData.show(by, '+33 6 00 00 00 00', false);
  const found = shown.tables.map(({ table }) => table);
  const unfilled = ['callbacks', 'senders', 'accounts', 'users'];
  assert.deepEqual(
    found,
    personalTables.filter((table) => !unfilled.includes(table)),
  );
  const texts = shown.tables.find(({ table }) => table === 'messages')!.rows.map((row) => row['text']);
  assert.deepEqual(texts.sort(), ['Dear Ann, …', 'Hello']);
  assert.deepEqual(shown.erasures, []);
  assert.doesNotMatch(JSON.stringify(shown.tables), /33600000000/);

  const { erasure } = await personalData.erase(by, '0033600000000', why);
  assert.deepEqual(erasure.result!.open, {});
  assert.deepEqual(erasure.result!.kept, { opt_outs: 1 });
  assert.deepEqual(erasure.result!.erased, {
    messages: 2,
    imported_messages: 1,
    conversations: 1,
    replies: 1,
    callback_attempts: 1,
    opt_out_removals: 1,
    contacts: 1,
    contact_members: 1,
    phonebook_contacts: 1,
    lookup_orders: 1,
    one_time_codes: 1,
    campaigns: 2,
    batches: 1,
    contact_list_campaign_parts: 1,
    draft_parts: 1,
    compositions: 1,
    notifications: 1,
    submitted_parts: 1,
    inbound_parts: 1,
  });
  assert.equal(erasure.completedAtMs, nowMs + 1000);
  assert.match(erasure.numberHash, /^[0-9a-f]{64}$/);

  // The opt-out stays, so that the next campaign of the account skips the number. Its reason does not.
  assert.deepEqual(await holdsNumber(query, '600000000'), ['opt_outs']);
  assert.deepEqual(await query('select reason from opt_outs where msisdn = $1', [msisdn]), [
    { reason: null },
  ]);
  // The other number has lost nothing.
  const rest = await personalData.show(by, `+${other}`, true);
  assert.deepEqual(
    rest.tables.map(({ table }) => table),
    found,
  );
  assert.deepEqual(await audit(query), []);
  const [text] = await query<{ text: string }>(
    'select c.text from campaigns c join messages m on m.campaign_id = c.id where m.id = $1',
    [single[0]],
  );
  assert.equal(text!.text, '', 'the text of a single message is that of its campaign');

  const later = await personalData.show(by, `+${msisdn}`, false);
  assert.deepEqual(
    later.erasures.map(({ id, numberHash }) => [id, numberHash]),
    [[erasure.id, erasure.numberHash]],
  );
  const trail = await listAuditEntries(query, { limit: 10 });
  assert.deepEqual(
    trail.map(({ action, target }) => [action, target]),
    [
      ['personal-data.read', '+33•••••••00'],
      ['personal-data.read', '+33•••••••01'],
      ['personal-data.erased', `erasure ${erasure.id}`],
      ['personal-data.read', '+33•••••••00'],
    ],
  );
});

test('in the middle of a campaign: waiting messages are cancelled and released, a sent one ends first', async (t) => {
  const { rows, query, personalData, accountId, take, deliver, pushAll, continueAll } = await open(t);
  const waiting = await rows.aCampaign(accountId, 3);
  const sent = await rows.aCampaign(accountId, 2, { processId: 7 });
  await take(sent);

  const { erasure } = await personalData.erase(by, `+${msisdn}`, why);
  assert.equal(erasure.completedAtMs, null);
  assert.equal(erasure.result!.cancelled, 1);
  // The cancelled one waits for its callback, the sent one for its receipt.
  assert.deepEqual(erasure.result!.open, { messages: 2 });
  assert.deepEqual(await query('select status, error from messages where id = $1', [waiting[0]]), [
    { status: 6, error: 'the number was erased on request' },
  ]);
  assert.deepEqual(await query('select count(*) as n from messages where status = 0'), [{ n: 4 }]);
  const held = 'select held_micros as held from balances where account_id = $1';
  assert.deepEqual(await query(held, [accountId]), [{ held: Number(2n * costMicros) }]);
  const released = await query(`select kind, message_ids as ids from ledger_entries where kind = 'release'`);
  assert.deepEqual(released, [{ kind: 'release', ids: [waiting[0]] }]);

  // A second command continues the same erasure.
  assert.equal((await personalData.erase(by, `+${msisdn}`, 'again')).erasure.id, erasure.id);
  // A message that was accepted after the request is not part of it.
  const newer = await rows.aCampaign(accountId, 1);
  await query(
    `update campaigns set created_at = created_at + interval '1 hour'
     where id = (select campaign_id from messages where id = $1)`,
    [newer[0]],
  );

  await deliver(sent);
  await pushAll();
  await continueAll();
  const { erasures } = await personalData.show(by, `+${msisdn}`, false);
  assert.equal(erasures.length, 1);
  assert.equal(erasures[0]!.completedAtMs, nowMs + 1000);
  assert.deepEqual(erasures[0]!.result, { cancelled: 1, erased: { messages: 2 }, open: {}, kept: {} });
  assert.deepEqual(await query('select msisdn from erasures'), [{ msisdn: null }]);
  assert.deepEqual(await query('select id from messages where msisdn = $1', [msisdn]), [{ id: newer[0] }]);
  assert.deepEqual(await audit(query), []);
});

test('a claimed message that no carrier has taken is neither cancelled nor erased', async (t) => {
  const { rows, query, personalData, accountId } = await open(t);
  const [claimed] = await rows.aCampaign(accountId, 1, { processId: 7 });
  const { erasure } = await personalData.erase(by, `+${msisdn}`, why);
  assert.deepEqual([erasure.result!.cancelled, erasure.result!.open], [0, { messages: 1 }]);
  assert.deepEqual(await query('select msisdn from messages where id = $1', [claimed]), [{ msisdn }]);
});

test('files of customers that contain the number are named and not changed', async (t) => {
  const { query, personalData, accountId } = await open(t);
  const id = '00000000-0000-4000-8000-000000000001';
  const pieces = ['number\n+33611111111\n+3360000', '0000\n'];
  for (const [number, piece] of pieces.entries())
    await query('insert into content_pieces values (0, $1, $2, $3)', [id, number, Buffer.from(piece)]);
  await query(
    `insert into documents (bucket, account_id, id, kind, name, put_token, get_token, content_id, created_at)
     values (0, $1, $2, 'personal', 'clients.csv', 'p', 'g', $2, now())`,
    [accountId, id],
  );
  await query(
    `insert into recipient_slots (bucket, account_id, user_id, slot, description, is_updated, content_id, records, loaded_at)
     values (0, $1, 0, 3, '', false, $2, 2, now())`,
    [accountId, id],
  );
  const { files } = await personalData.erase(by, `+${msisdn}`, why);
  assert.deepEqual(files, [
    { account: 'sms-1', kind: 'document', name: 'clients.csv' },
    { account: 'sms-1', kind: 'list', name: '3' },
  ]);
  assert.deepEqual((await personalData.show(by, '+33622222222', false)).files, []);
});

test('a number that is not international, and a reason that is missing or contains the number, change nothing', async (t) => {
  const { query, personalData } = await open(t);
  for (const number of ['0600000000', '12', '', 'Ann', '+999123'])
    await assert.rejects(
      personalData.show(by, number, false),
      /is not a telephone number in international form/,
    );
  await assert.rejects(personalData.erase(by, '0600000000', why), /international form/);
  await assert.rejects(personalData.erase(by, `+${msisdn}`, '  '), /reason is missing/);
  await assert.rejects(personalData.erase(by, `+${msisdn}`, 'x'.repeat(501)), /longer than 500/);
  await assert.rejects(
    personalData.erase(by, `+${msisdn}`, 'asked by 06 00 00 00 00'),
    /contains the number/,
  );
  assert.deepEqual(await query('select count(*) as n from erasures'), [{ n: 0 }]);
  assert.deepEqual(await listAuditEntries(query, { limit: 5 }), []);
});

test('every table with a column for numbers is declared', async (t) => {
  const { query } = await open(t);
  const columns = await query<{ table: string }>(
    `select distinct c.relname::text as "table" from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and not a.attisdropped
       and a.atttypid <> 'integer'::regtype
       and a.attname in ('msisdn', 'recipient', 'receivers', 'recipients', 'source', 'failures', 'submission', 'home_mobile')
     order by 1`,
  );
  // The register itself: without the number as soon as the erasure is complete. Submissions of estimates have no recipients.
  const missing = columns.map(({ table }) => table).filter((table) => !personalTables.includes(table));
  assert.deepEqual(missing, ['erasures', 'estimates']);
});
