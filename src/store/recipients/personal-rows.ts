// Everything that is stored about a telephone number, by table: how a row is found, shown and erased. Used by the operator's
// personal-data service and by pipeline/erase-number.ts. docs/operating/data-protection.md has the same list for an auditor, and a
// test compares it with the schema. Not for the hot path: most tables have no index by number.
import { messageStatusCodes } from '#domain/base/message.ts';
import { instant, int2, int4, int8, json, list, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** A number in the forms in which tables contain it. */
export interface PersonalNumber {
  readonly msisdn: number;
  /** Such as +33601020304. */
  readonly plus: string;
  /** Digits as a customer may have written it: 33601020304, 0033601020304, 0601020304. */
  readonly forms: readonly string[];
}

const params = { bucket: int2, msisdn: int8, plus: text, forms: list(text), before: instant };
type Mentions = Readonly<Record<keyof typeof params, string>>;

interface PersonalTable {
  readonly table: string;
  /** Columns that a person may read, without numbers and secrets. */
  readonly shown: string | ((bucket: string) => string);
  /** The row `t` is about the number of `g`. */
  readonly matches: (bucket: string) => string;
  /** The row was stored before the erasure was asked for; null: it has no time, and only the first round erases it. */
  readonly isEarlier: ((bucket: string) => string) | null;
  /** Erases by deletion, by a change, or not at all (`kept`). */
  readonly erasure: 'delete' | 'kept' | ((bucket: string) => string);
  /** The row is in use: a later round erases it. */
  readonly isOpen?: (bucket: string) => string;
  /** Without a bucket. */
  readonly isLocal?: boolean;
}

const byNumber = () => 't.msisdn = g.msisdn';
const before = (column: string) => () => `t.${column} <= g.before`;

/** The number of an element of JSON, in any notation. */
const isNumber = (expression: string) => `regexp_replace(${expression}, '[^0-9]', '', 'g') = any(g.forms)`;

/** The numbers that a member typed (domain/campaign/composition.ts · readTypedNumbers). */
const typedNumbers = `regexp_split_to_table(t.content ->> 'typed', E'[,;\\t|\\n\\r]+|\\\\s+(?=\\\\+|00\\\\d)') as n(number)`;

const { accepted, submitted } = messageStatusCodes;

const isCampaignEarlier = (bucket: string) => `(
  select c.created_at > g.before from campaigns c
  where c.bucket = ${bucket} and c.account_id = t.account_id and c.id = t.campaign_id) is not true`;

const tables: readonly PersonalTable[] = [
  {
    table: 'messages',
    shown: (
      bucket,
    ) => `t.account_id, t.id, t.campaign_id, t.country, t.status, t.error, t.due_at, t.submitted_at, t.done_at,
      coalesce(t.text, (select c.text from campaigns c where c.bucket = ${bucket} and c.account_id = t.account_id
        and c.id = t.campaign_id)) as text`,
    matches: byNumber,
    isEarlier: isCampaignEarlier,
    // The row stays for the ledger. An empty text is not the text of the campaign, which null would mean.
    erasure: () => `msisdn = 0, text = case when t.text is null then null else '' end`,
    // Until its receipt is recorded and pushed.
    isOpen: (bucket) => `t.status in (${accepted}, ${submitted}) or exists (
      select from callbacks k where k.bucket = ${bucket} and k.message_ids @> array[t.id])`,
  },
  {
    table: 'imported_messages',
    shown: 't.account_id, t.source, t.foreign_id, t.sender, t.text, t.sent_at',
    matches: byNumber,
    isEarlier: before('imported_at'),
    erasure: 'delete',
  },
  {
    table: 'conversations',
    shown: 't.account_id, t.message_id, t.campaign_id, t.due_at',
    matches: byNumber,
    isEarlier: () => 'true',
    erasure: 'delete',
    isOpen: (bucket) => `exists (
      select from messages m where m.bucket = ${bucket} and m.id = t.message_id and m.msisdn = t.msisdn)`,
  },
  {
    table: 'replies',
    shown: 't.account_id, t.id, t.recipient, t.text, t.is_opt_out, t.at',
    matches: () => `(t.msisdn = g.msisdn or ${isNumber("coalesce(t.source, '')")})`,
    isEarlier: before('at'),
    erasure: 'delete',
    isOpen: (bucket) => `exists (select from callbacks k where k.bucket = ${bucket} and k.reply_id = t.id)`,
  },
  {
    table: 'callbacks',
    shown: 't.account_id, t.id, t.kind, t.campaign_id, t.reason, t.created_at',
    matches: () => `(t.msisdn = g.msisdn or ${isNumber("coalesce(t.written_number, '')")})`,
    isEarlier: before('created_at'),
    // Deleted when they are pushed, or after a day.
    erasure: 'delete',
    isOpen: () => 'true',
  },
  {
    table: 'callback_attempts',
    shown: 't.account_id, t.id, t.at',
    // An endpoint can repeat the request in its answer.
    matches: () => `t.answer is not null and exists (
      select from unnest(g.forms) as f(form) where strpos(regexp_replace(t.answer, '[^0-9]', '', 'g'), f.form) > 0)`,
    isEarlier: before('at'),
    erasure: () => 'answer = null',
  },
  {
    table: 'opt_outs',
    shown: 't.account_id, t.at, t.actor, t.reason',
    matches: byNumber,
    isEarlier: before('at'),
    erasure: 'kept',
  },
  {
    table: 'opt_out_removals',
    shown: 't.account_id, t.opted_out_at, t.opted_out_by, t.opted_out_reason, t.at, t.actor, t.reason',
    matches: byNumber,
    isEarlier: before('at'),
    erasure: 'delete',
  },
  {
    table: 'contacts',
    shown: 't.account_id, t.first_name, t.last_name, t.params, t.created_at, t.updated_at',
    matches: byNumber,
    isEarlier: before('created_at'),
    erasure: 'delete',
  },
  {
    table: 'contact_members',
    shown: (
      bucket,
    ) => `t.account_id, (select c.name from contact_groups c where c.bucket = ${bucket} and c.account_id = t.account_id
      and c.id = t.group_id) as group_name`,
    matches: byNumber,
    // Of a contact that was deleted above; a newer contact keeps its groups.
    isEarlier: (bucket) => `not exists (
      select from contacts c where c.bucket = ${bucket} and c.account_id = t.account_id and c.msisdn = t.msisdn)`,
    erasure: 'delete',
  },
  {
    table: 'phonebook_contacts',
    shown: 't.account_id, t.phonebook_key, t.group_name, t.name, t.surname',
    matches: () => 'g.plus in (t.home_mobile, t.home_phone, t.work_mobile, t.work_phone)',
    isEarlier: null,
    erasure: 'delete',
  },
  {
    table: 'lookup_orders',
    shown: 't.account_id, t.id, t.country, t.status, t.facts, t.ordered_at',
    matches: byNumber,
    isEarlier: before('ordered_at'),
    erasure: 'delete',
    isOpen: () => "t.status = 'waiting'",
  },
  {
    table: 'one_time_codes',
    shown: 't.account_id, t.id, t.created_at, t.expires_at, t.used_at, t.recipient_ip',
    matches: byNumber,
    isEarlier: before('created_at'),
    erasure: 'delete',
  },
  {
    table: 'campaigns',
    shown: 't.account_id, t.id, t.created_at',
    matches: () =>
      `(t.failures is not null and exists (
        select from jsonb_array_elements(t.failures) as f(value) where ${isNumber("f.value ->> 'number'")})
        or ${isNumber("coalesce(t.return_path #>> '{destination,2}', '')")})`,
    isEarlier: before('created_at'),
    erasure: () => `failures = (
      select jsonb_agg(f.value) from jsonb_array_elements(t.failures) as f(value)
      where not ${isNumber("f.value ->> 'number'")}), return_path = t.return_path - 'destination'`,
  },
  {
    table: 'batches',
    shown: 't.account_id, t.id, t.name, t.status, t.created_at',
    matches: () =>
      `(exists (select from unnest(t.receivers) as r(number) where ${isNumber('r.number')})
        or exists (select from jsonb_array_elements(t.errors) as e(value) where ${isNumber("e.value ->> 'receiver'")}))`,
    isEarlier: before('created_at'),
    erasure: () => `
      receivers = case when t.receivers is not null then array(
        select r.number from unnest(t.receivers) as r(number) where not ${isNumber('r.number')}) end,
      errors = coalesce((select jsonb_agg(e.value) from jsonb_array_elements(t.errors) as e(value)
        where not ${isNumber("e.value ->> 'receiver'")}), '[]')`,
    isOpen: () => "t.status not in ('completed', 'failed', 'canceled')",
  },
  {
    table: 'contact_list_campaign_parts',
    shown: 't.account_id, t.id, t.number, t.is_sent',
    matches: () =>
      `exists (select from jsonb_array_elements(t.recipients) as r(value) where ${isNumber('r.value ->> 0')})`,
    isEarlier: (bucket) => `(
      select l.created_at > g.before from contact_list_campaigns l
      where l.bucket = ${bucket} and l.account_id = t.account_id and l.id = t.id) is not true`,
    erasure: () => `recipients = coalesce((
      select jsonb_agg(r.value) from jsonb_array_elements(t.recipients) as r(value)
      where not ${isNumber('r.value ->> 0')}), '[]')`,
  },
  {
    table: 'draft_parts',
    shown: 't.campaign_id, t.part',
    matches: () =>
      `exists (select from jsonb_array_elements(t.submission -> 'recipients') as r(value)
        where ${isNumber("r.value ->> 'number'")})`,
    isEarlier: (bucket) => `(
      select d.created_at > g.before from drafts d
      where d.bucket = ${bucket} and d.campaign_id = t.campaign_id limit 1) is not true`,
    erasure: () => `submission = jsonb_set(t.submission, '{recipients}', coalesce((
      select jsonb_agg(r.value) from jsonb_array_elements(t.submission -> 'recipients') as r(value)
      where not ${isNumber("r.value ->> 'number'")}), '[]'))`,
  },
  {
    table: 'compositions',
    shown: 't.account_id, t.id, t.changed_at',
    matches: () => `exists (select from ${typedNumbers} where ${isNumber('n.number')})`,
    isEarlier: before('created_at'),
    erasure: () => `version = t.version + 1, content = jsonb_set(t.content, '{typed}', to_jsonb(coalesce((
      select string_agg(n.number, E'\\n') from ${typedNumbers} where not ${isNumber('n.number')}), '')))`,
  },
  {
    table: 'notifications',
    shown: 't.account_id, t.id, t.text, t.created_at',
    matches: () => 't.recipient = g.plus',
    isEarlier: before('created_at'),
    erasure: 'delete',
    isOpen: () => 't.process_id is not null',
  },
  {
    table: 'submitted_parts',
    shown: 't.account_id, t.id, t.part, t.total, t.received_at',
    matches: () => `exists (
      select from jsonb_array_elements(t.submission -> 'recipients') as r(value) where ${isNumber("r.value ->> 'number'")})`,
    isEarlier: before('received_at'),
    erasure: 'delete',
    // Until the parts are joined to a campaign, or the time limit is over.
    isOpen: () => 't.campaign_id is null',
  },
  {
    table: 'inbound_parts',
    shown: 't.id, t.recipient, t.part, t.total, t.received_at',
    matches: () => `(t.msisdn = g.msisdn or ${isNumber('t.source')})`,
    isEarlier: before('received_at'),
    erasure: 'delete',
    // Until the parts are joined to a reply, or the time limit is over.
    isOpen: () => 't.joined_at is null',
    isLocal: true,
  },
  {
    table: 'senders',
    shown: 't.account_id, t.status, t.created_at',
    matches: () => 't.name = g.plus',
    isEarlier: before('created_at'),
    erasure: 'kept',
  },
  {
    table: 'accounts',
    shown: 't.id as account_id, t.service_name',
    matches: () =>
      `exists (select from unnest(g.forms) as f(form) where strpos(t.settings::text, f.form) > 0)`,
    isEarlier: before('created_at'),
    erasure: 'kept',
  },
  {
    table: 'users',
    shown: 't.account_id, t.login',
    matches: () => `exists (select from unnest(g.forms) as f(form) where strpos(t.alert::text, f.form) > 0)`,
    isEarlier: before('created_at'),
    erasure: 'kept',
  },
];

/** Names of the tables with rows about numbers. */
export const personalTables: readonly string[] = tables.map(({ table }) => table);

const given = (p: Mentions, more = '') => `
with g as materialized (
  select ${p.bucket} as bucket, ${p.msisdn} as msisdn, ${p.plus} as plus, ${p.forms} as forms, ${p.before} as before${more}
)`;

const places = tables.map((declared) => {
  const { table, shown, matches, isEarlier, erasure, isOpen, isLocal = false } = declared;
  const isMatch = (p: Mentions) => `${isLocal ? '' : `t.bucket = ${p.bucket} and `}${matches(p.bucket)}`;
  const isErasable = (p: Mentions) =>
    `${isMatch(p)} and ${(isEarlier ?? (() => 'true'))(p.bucket)} and not (${(isOpen ?? (() => 'false'))(p.bucket)})`;
  return {
    declared,
    show: statement(`show_personal_${table}`, {
      params: { ...params, limit: int4 },
      row: { total: int8, shown: json<Readonly<Record<string, unknown>>>() },
      text: (p) => `${given(p)}
select count(*) over () as total, to_jsonb(r) as shown from (
  select ${typeof shown === 'string' ? shown : shown(p.bucket)} from ${table} t cross join g where ${isMatch(p)}
) r limit ${p.limit}`,
    }),
    count: statement(`count_personal_${table}`, {
      params,
      row: { total: int8 },
      text: (p) => `${given(p)}
select count(*) as total from ${table} t cross join g
where ${isMatch(p)} and ${(isEarlier ?? (() => 'true'))(p.bucket)}`,
    }),
    erase:
      erasure === 'kept'
        ? null
        : statement(`erase_personal_${table}`, {
            params,
            row: { erased: int4 },
            text: (p) =>
              erasure === 'delete'
                ? `${given(p)}
delete from ${table} t using g where ${isErasable(p)} returning 1 as erased`
                : `${given(p)}
update ${table} t set ${erasure(p.bucket)} from g where ${isErasable(p)} returning 1 as erased`,
          }),
  };
});

const valuesOf = ({ msisdn, plus, forms }: PersonalNumber, bucket: number, beforeMs: number) => ({
  bucket,
  msisdn,
  plus,
  forms,
  before: beforeMs,
});

export interface PersonalRows {
  readonly table: string;
  readonly total: number;
  /** At most `limit`. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Rows about a number in the tables of one bucket; `withLocal` adds the tables without a bucket. */
export async function showPersonalRows(
  query: Query,
  number: PersonalNumber,
  {
    bucket,
    limit,
    withLocal,
  }: { readonly bucket: number; readonly limit: number; readonly withLocal: boolean },
): Promise<PersonalRows[]> {
  const found: PersonalRows[] = [];
  for (const { declared, show } of places) {
    if (declared.isLocal === true && !withLocal) continue;
    const rows = await show.run(query, { ...valuesOf(number, bucket, 0), limit });
    if (rows.length > 0)
      found.push({ table: declared.table, total: rows[0]!.total, rows: rows.map(({ shown }) => shown) });
  }
  return found;
}

export interface ErasureRound {
  readonly bucket: number;
  /** Rows that were stored later stay. */
  readonly beforeMs: number;
  /** Also rows without a time. */
  readonly isFirst: boolean;
  readonly withLocal: boolean;
}

/** Rows by table, without tables that have none. */
export type RowCounts = Readonly<Record<string, number>>;

/** Erases rows of one bucket in this transaction; returns the number of each table. */
export async function erasePersonalRows(
  query: Query,
  number: PersonalNumber,
  { bucket, beforeMs, isFirst, withLocal }: ErasureRound,
): Promise<RowCounts> {
  const erased: Record<string, number> = {};
  const values = valuesOf(number, bucket, beforeMs);
  await eraseTexts.run(query, values);
  await stripOptOuts.run(query, values);
  for (const { declared, erase } of places) {
    if (erase === null || (declared.isLocal === true && !withLocal)) continue;
    if (declared.isEarlier === null && !isFirst) continue;
    const rows = await erase.run(query, values);
    if (rows.length > 0) erased[declared.table] = rows.length;
  }
  return erased;
}

/** Rows of one bucket that were stored before then and are still there: open ones, and those that are kept. */
export async function countPersonalRows(
  query: Query,
  number: PersonalNumber,
  { bucket, beforeMs, isFirst, withLocal }: ErasureRound,
): Promise<{ readonly open: RowCounts; readonly kept: RowCounts }> {
  const open: Record<string, number> = {};
  const kept: Record<string, number> = {};
  for (const { declared, count } of places) {
    if (declared.isLocal === true && !withLocal) continue;
    if (declared.isEarlier === null && !isFirst) continue;
    const { total } = (await count.find(query, valuesOf(number, bucket, beforeMs)))!;
    if (total > 0) (declared.erasure === 'kept' ? kept : open)[declared.table] = total;
  }
  return { open, kept };
}

const eraseTexts = statement('erase_text_of_single_message', {
  params,
  // The text of a campaign with one message is the text of that message. Several messages share a text without merge fields.
  text: (p) => `${given(p)}
update campaigns c set text = '' from (
  select m.account_id, m.campaign_id from (select t.* from messages t cross join g
    where t.bucket = ${p.bucket} and t.msisdn = g.msisdn and ${isCampaignEarlier(p.bucket)}
      and t.status not in (${accepted}, ${submitted})
      and not exists (select from callbacks k where k.bucket = ${p.bucket} and k.message_ids @> array[t.id])) m
) m
where c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id and c.message_count = 1`,
});

const stripOptOuts = statement('strip_opt_outs_of_number', {
  params,
  text: (p) => `${given(p)}
update opt_outs t set reply_id = null, reason = null from g
where t.bucket = ${p.bucket} and t.msisdn = g.msisdn and t.at <= g.before`,
});

const listWaiting = statement('list_waiting_messages_of_number', {
  params,
  row: { id: int8 },
  text: (p) => `${given(p)}
select t.id from messages t cross join g
where t.bucket = ${p.bucket} and t.msisdn = g.msisdn and t.status = ${accepted} and ${isCampaignEarlier(p.bucket)}
order by t.id`,
});

/** Ids of the messages of one bucket to the number that have no final status; some may have been submitted. */
export async function listWaitingMessages(
  query: Query,
  number: PersonalNumber,
  bucket: number,
  beforeMs: number,
): Promise<number[]> {
  return (await listWaiting.run(query, valuesOf(number, bucket, beforeMs))).map(({ id }) => id);
}

const findFiles = statement('find_files_with_number', {
  params: { bucket: int2, significant: text },
  row: { accountId: int4, name: text, isSlot: json<boolean>() },
  // A number can lie across two pieces. The significant digits are part of every notation without separators.
  text: (p) => `
with found as materialized (
  select distinct s.content_id from (
    select content_id, bytes || coalesce(substring(lead(bytes) over (partition by content_id order by number) from 1 for 20), '')
      as bytes
    from content_pieces where bucket = ${p.bucket}
  ) s where position(convert_to(${p.significant}, 'UTF8') in s.bytes) > 0
)
select d.account_id as "accountId", d.name, to_jsonb(false) as "isSlot" from documents d
where d.bucket = ${p.bucket} and d.content_id in (select content_id from found)
union all
select s.account_id, s.slot::text, to_jsonb(true) from recipient_slots s
where s.bucket = ${p.bucket} and (s.content_id in (select content_id from found)
  or s.former_id in (select content_id from found))
union all
select c.account_id, 'recipients that an approval keeps', to_jsonb(false) from compositions c
join estimates e on e.bucket = ${p.bucket} and e.account_id = c.account_id and e.composition_id = c.id
  and e.id = (c.approval ->> 'estimateId')::uuid
where c.bucket = ${p.bucket} and c.sent_at is null and e.content_id in (select content_id from found)`,
});

export interface FileWithNumber {
  readonly accountId: number;
  /** Of a document; of a list in a slot its number. */
  readonly name: string;
  readonly isSlot: boolean;
}

/** Files of customers in one bucket that contain these digits. Reads every stored file. */
export function findFilesWithNumber(
  query: Query,
  bucket: number,
  significant: string,
): Promise<FileWithNumber[]> {
  return findFiles.run(query, { bucket, significant });
}
