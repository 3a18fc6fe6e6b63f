// Invariants of the tables: the ledger is consistent, and no accepted message is lost. For tests, at the end of
// every journey and of the seeded day.
import type { Query } from '../../src/store/database/database.ts';
import { audit } from '../../src/store/money/ledger.ts';

interface Rule {
  readonly rule: string;
  /** Yields one row with `what` for each violation. */
  readonly text: string;
}

const always: readonly Rule[] = [
  {
    rule: 'a message that is not with a carrier and has no end is in a chunk',
    text: `
select 'message ' || m.id as what from messages m
where m.status = 0 and not exists (select 1 from carrier_references r where r.message_id = m.id)
  and not exists (select 1 from chunks c where c.bucket = m.bucket and m.id >= c.id and m.id < c.id + c.message_count)`,
  },
  {
    rule: 'a campaign has all its messages, and they follow one another',
    text: `
select 'campaign ' || c.id as what from campaigns c
left join messages m on m.bucket = c.bucket and m.account_id = c.account_id and m.campaign_id = c.id
  and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
group by c.bucket, c.account_id, c.id, c.message_count having count(m.id) <> c.message_count`,
  },
  {
    rule: 'a message is charged when a carrier took it, and only then',
    text: `
with charged as (select unnest(message_ids) as id from ledger_entries where kind = 'charge'),
taken as (select distinct message_id as id from carrier_references)
select 'message ' || coalesce(c.id, t.id) || case when c.id is null then ' not charged' else ' charged' end as what
from charged c full join taken t on t.id = c.id
-- sent again and again without an answer, it is charged all the same (docs/decisions/0006); what is not kept any more is
-- for the audit to find
where c.id is null or (t.id is null and exists (select from messages m where m.id = c.id and m.status <> 7))`,
  },
  {
    rule: 'an end that is told is owed until it was pushed or given up',
    text: `
with answered as (
  select unnest(done_ids) as id from callback_attempts
  union select unnest(failed_ids) from callback_attempts where gave_up
  union select unnest(message_ids) from callbacks)
select 'message ' || m.id as what from messages m join accounts a on a.id = m.account_id
where a.wants_receipts and m.status not in (0, 1, 8) and (m.status <> 6 or m.error is not null) and m.id not in (select id from answered where id is not null)`,
  },
  {
    rule: 'an idempotency key belongs to a campaign that exists',
    text: `
select 'key of campaign ' || k.campaign_id as what from idempotency_keys k
-- the key of a draft that was dropped belongs to none
where k.scope < 2 and not exists (select 1 from campaigns c where c.bucket = k.bucket and c.account_id = k.account_id
  and c.id = k.campaign_id)`,
  },
  {
    rule: 'a STOP that answers an account is on its list',
    text: `
select 'reply ' || r.id as what from replies r
where r.is_opt_out and r.message_id is not null and not exists (select 1 from opt_outs o
  where o.bucket = r.bucket and o.account_id = r.account_id and o.msisdn = r.msisdn)
-- unless its customer took it off, which is written down
and not exists (select 1 from opt_out_removals d
  where d.bucket = r.bucket and d.account_id = r.account_id and d.msisdn = r.msisdn and d.at >= r.at)`,
  },
  {
    rule: 'of a cancelled campaign every message is cancelled',
    text: `
select 'message ' || m.id as what from campaigns c
join messages m on m.bucket = c.bucket and m.account_id = c.account_id and m.campaign_id = c.id
where c.cancelled_at is not null and m.status <> 6`,
  },
  {
    rule: 'a campaign is held or paused as long as its chunks have no time',
    text: `
select 'chunk ' || k.id as what from chunks k where k.due_at = 'infinity' and not exists (
  select 1 from campaigns c
  join campaign_reviews r on r.bucket = c.bucket and r.account_id = c.account_id and r.campaign_id = c.id
  where c.bucket = k.bucket and k.id >= c.first_message_id and k.id < c.first_message_id + c.message_count
    and r.state = 'held') and not exists (
  select 1 from campaigns c
  join campaign_pauses z on z.bucket = c.bucket and z.account_id = c.account_id and z.campaign_id = c.id
  where c.bucket = k.bucket and k.id >= c.first_message_id and k.id < c.first_message_id + c.message_count)`,
  },
  {
    rule: 'no chunk of a paused campaign has a time',
    text: `
select 'chunk ' || k.id as what from campaign_pauses z
join campaigns c on c.bucket = z.bucket and c.account_id = z.account_id and c.id = z.campaign_id
join chunks k on k.bucket = c.bucket and k.id >= c.first_message_id
  and k.id + k.message_count <= c.first_message_id + c.message_count
where k.due_at < 'infinity'`,
  },
];

const whenQuiet: readonly Rule[] = [
  {
    rule: 'nothing due waits',
    text: `select 'chunk ' || id || ' due ' || due_at || ' process_id ' || coalesce(process_id::text, 'none') as what from chunks`,
  },
  {
    rule: 'nothing is owed',
    text: `select 'callback ' || id || ' attempts ' || attempts as what from callbacks`,
  },
  {
    rule: 'nothing is held but the quotas of users',
    text: `
select 'account ' || account_id || ': ' || held_micros as what from balances b where held_micros <> (
  select coalesce(sum(quota_micros), 0) from users u where u.bucket = b.bucket and u.account_id = b.account_id)`,
  },
  {
    rule: 'every message has its end or a carrier reference',
    text: `
select 'message ' || m.id as what from messages m
where m.status in (0, 1, 8) and not exists (select 1 from carrier_references r where r.message_id = m.id)`,
  },
];

/**
 * Violations as sentences; empty if there are none. `isQuiet`: every accepted message is final and reported. Until then, only
 * work in progress is returned: callers poll, and the audit of the ledger takes 40 ms.
 */
export async function violations(query: Query, options: { isQuiet?: boolean } = {}): Promise<string[]> {
  if (options.isQuiet) {
    const underWay = await broken(query, whenQuiet);
    if (underWay.length > 0) return underWay;
  }
  const differences = await audit(query);
  return [
    ...differences.map((d) => `account ${d.accountId}: ${d.rule}; expected ${d.expected}, found ${d.found}`),
    ...(await broken(query, always)),
    // Again: a receipt can have arrived during the audit.
    ...(options.isQuiet ? await broken(query, whenQuiet) : []),
  ];
}

async function broken(query: Query, rules: readonly Rule[]): Promise<string[]> {
  const found: string[] = [];
  for (const { rule, text } of rules) {
    const rows = await query<{ what: string }>(text);
    if (rows.length === 0) continue;
    const named = rows.slice(0, 5).map(({ what }) => what);
    if (rows.length > 5) named.push(`and ${rows.length - 5} more`);
    found.push(`${rule}: ${named.join(', ')}`);
  }
  return found;
}
