// Balances and entries outside the hot path: top-ups, reading, and the audit that recomputes everything.
import type { Query } from '#store/database/database.ts';

export interface Balance {
  readonly balanceMicros: bigint;
  readonly heldMicros: bigint;
}

interface BalanceRow {
  balance: number;
  held: number;
}

export async function readBalance(query: Query, bucket: number, accountId: number): Promise<Balance> {
  const [row] = await query<BalanceRow>(
    {
      name: 'read_balance',
      text: `select balance_micros as balance, held_micros as held from balances
where bucket = $1 and account_id = $2`,
    },
    [bucket, accountId],
  );
  return { balanceMicros: BigInt(row?.balance ?? 0), heldMicros: BigInt(row?.held ?? 0) };
}

/** Adds money, or takes it with a negative amount; the caller decides what may go below zero. */
export async function insertTopUp(
  query: Query,
  bucket: number,
  accountId: number,
  kind: 'top_up' | 'adjustment',
  amountMicros: bigint,
  note: string | null,
  nowMs: number,
): Promise<Balance> {
  const [row] = await query<BalanceRow>(
    `with entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000)) returning amount_micros)
     update balances set balance_micros = balance_micros + (select amount_micros from entry)
     where bucket = $1 and account_id = $2
     returning balance_micros as balance, held_micros as held`,
    [bucket, accountId, kind, amountMicros, note, nowMs],
  );
  return { balanceMicros: BigInt(row!.balance), heldMicros: BigInt(row!.held) };
}

export interface LedgerEntry {
  readonly id: number;
  readonly kind: 'top_up' | 'adjustment' | 'hold' | 'charge' | 'release';
  readonly amountMicros: bigint;
  readonly campaigns: number;
  readonly messages: number;
  readonly note: string | null;
  readonly atMs: number;
}

/** The latest entries of an account, newest first. */
export async function listEntries(
  query: Query,
  bucket: number,
  accountId: number,
  limit: number,
): Promise<LedgerEntry[]> {
  const rows = await query<Omit<LedgerEntry, 'amountMicros'> & { amount: number }>(
    `select id, kind, amount_micros as amount, coalesce(cardinality(campaign_ids), 0) as campaigns,
       coalesce(cardinality(message_ids), 0) as messages, note, at as "atMs"
     from ledger_entries where bucket = $1 and account_id = $2 order by id desc limit $3`,
    [bucket, accountId, limit],
  );
  return rows.map(({ amount, ...row }) => ({ ...row, amountMicros: BigInt(amount) }));
}

/** One broken invariant of the books. */
export interface AuditDifference {
  readonly accountId: number;
  readonly rule: string;
  readonly expected: string;
  readonly found: string;
}

/** Charges and releases, with the messages that they name and what those cost that are kept. */
const settledMessages = `
select e.account_id, e.id, e.amount_micros, count(*) as named, count(m.id) as kept,
  coalesce(sum(m.cost_micros), 0) as kept_micros
from ledger_entries e cross join lateral unnest(e.message_ids) as u(id)
left join messages m on m.bucket = e.bucket and m.id = u.id
where e.kind in ('charge', 'release')
group by e.bucket, e.account_id, e.id, e.amount_micros`;

/**
 * What must hold of the books, each as a query that yields its violations. Run in one repeatable-read transaction,
 * so that traffic going on beside it makes no difference.
 */
const auditRules: readonly { rule: string; text: string }[] = [
  {
    rule: 'the stored balance is top-ups plus adjustments minus charges',
    text: `
select b.account_id as "accountId", b.balance_micros::text as found, coalesce(sum(case
  when e.kind in ('top_up', 'adjustment') then e.amount_micros
  when e.kind = 'charge' then -e.amount_micros else 0 end), 0)::text as expected
from balances b left join ledger_entries e on e.bucket = b.bucket and e.account_id = b.account_id
group by b.bucket, b.account_id, b.balance_micros
having b.balance_micros <> coalesce(sum(case when e.kind in ('top_up', 'adjustment') then e.amount_micros
  when e.kind = 'charge' then -e.amount_micros else 0 end), 0)`,
  },
  {
    rule: 'what is held is holds minus charges minus releases',
    text: `
select b.account_id as "accountId", b.held_micros::text as found, coalesce(sum(case
  when e.kind = 'hold' then e.amount_micros
  when e.kind in ('charge', 'release') then -e.amount_micros else 0 end), 0)::text as expected
from balances b left join ledger_entries e on e.bucket = b.bucket and e.account_id = b.account_id
group by b.bucket, b.account_id, b.held_micros
having b.held_micros <> coalesce(sum(case when e.kind = 'hold' then e.amount_micros
  when e.kind in ('charge', 'release') then -e.amount_micros else 0 end), 0)`,
  },
  {
    rule: 'no account is overdrawn',
    text: `
select account_id as "accountId", (balance_micros - held_micros)::text as found, '0 or more' as expected
from balances where balance_micros - held_micros < 0`,
  },
  {
    rule: 'the holds of an account are the prices of its campaigns',
    text: `
select account_id as "accountId", coalesce(h.amount, 0)::text as found, coalesce(c.amount, 0)::text as expected
from (select account_id, sum(amount_micros) as amount from ledger_entries
  where kind = 'hold' and campaign_ids is not null group by account_id) h
full join (select account_id, sum(micros) as amount from (
  select account_id, cost_micros as micros from campaigns
  union all select account_id, campaigns_micros from closed_books) s group by account_id) c using (account_id)
where coalesce(h.amount, 0) <> coalesce(c.amount, 0)`,
  },
  {
    rule: 'what an account holds for its users is their quotas',
    text: `
select account_id as "accountId", coalesce(e.amount, 0)::text as found, coalesce(q.amount, 0)::text as expected
from (select account_id, sum(case kind when 'hold' then amount_micros else -amount_micros end) as amount
  from ledger_entries where kind = 'hold' and campaign_ids is null or kind = 'release' and message_ids is null
  group by account_id) e
full join (select account_id, sum(quota_micros) as amount from users group by account_id) q using (account_id)
where coalesce(e.amount, 0) <> coalesce(q.amount, 0)`,
  },
  {
    // A campaign that is there has all of its messages: these go after it (pipeline/retention/delete-messages.ts).
    rule: 'a campaign costs what its messages cost',
    text: `
select c.account_id as "accountId", 'campaign ' || c.id || ': ' || sum(m.cost_micros) as found,
  c.cost_micros::text as expected
from campaigns c join messages m on m.bucket = c.bucket and m.account_id = c.account_id and m.campaign_id = c.id
group by c.bucket, c.account_id, c.id, c.cost_micros, c.message_count
having c.cost_micros <> sum(m.cost_micros) or count(*) <> c.message_count`,
  },
  {
    rule: 'no message is charged or released twice',
    text: `
select account_id as "accountId", 'message ' || id || ': ' || count(*) as found, '1' as expected
from (select account_id, unnest(message_ids) as id from ledger_entries where kind in ('charge', 'release')) s
group by account_id, id having count(*) > 1`,
  },
  {
    // As far as all of them are kept.
    rule: 'a charge or release is the price of the messages it names',
    text: `
select account_id as "accountId", 'entry ' || id || ': ' || amount_micros as found, kept_micros::text as expected
from (${settledMessages}) e where kept = named and amount_micros <> kept_micros`,
  },
  {
    rule: 'what was charged and released for messages that are not kept is their price',
    text: `
select account_id as "accountId", coalesce(e.amount, 0)::text as found, coalesce(b.messages_micros, 0)::text as expected
from (select account_id, sum(amount_micros - kept_micros) as amount from (${settledMessages}) e
  where kept < named group by account_id) e
full join closed_books b using (account_id)
where coalesce(e.amount, 0) <> coalesce(b.messages_micros, 0)`,
  },
  {
    // Nothing of such a campaign was open, so all that it held was charged or released.
    rule: 'campaigns that are not kept cost what their messages cost',
    text: `
select account_id as "accountId", coalesce(m.amount, 0)::text as found, coalesce(c.campaigns_micros, 0)::text as expected
from (select account_id, sum(micros) as amount from (
  select m.account_id, m.cost_micros as micros from messages m
  where not exists (select from campaigns c
    where c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id)
  union all select account_id, messages_micros from closed_books) s group by account_id) m
full join closed_books c using (account_id)
where coalesce(m.amount, 0) <> coalesce(c.campaigns_micros, 0)`,
  },
  {
    rule: 'a message that has its end is charged or released',
    text: `
select m.account_id as "accountId", 'message ' || m.id || ': none' as found, 'a charge or a release' as expected
from messages m left join (
  select bucket, unnest(message_ids) as id from ledger_entries where kind in ('charge', 'release')) s
  on s.bucket = m.bucket and s.id = m.id
where m.status not in (0, 1) and s.id is null`,
  },
  {
    rule: 'an order that is paid is one top-up of its credit',
    text: `
select o.account_id as "accountId", 'order ' || o.id || ': ' || coalesce(e.amount_micros::text, 'none') as found,
  o.credit_micros::text as expected
from orders o left join ledger_entries e
  on e.bucket = o.bucket and e.account_id = o.account_id and e.id = o.entry_id and e.kind = 'top_up'
where o.status = 'paid' and e.amount_micros is distinct from o.credit_micros`,
  },
];

/** Of each rule that are told. */
const maxDifferences = 100;

/**
 * No partition is dropped until the end of the transaction. Before its first query: what is dropped is gone at once, even for
 * a transaction that sees everything else as it was, closed_books among it.
 */
export async function keepPartitions(query: Query): Promise<void> {
  await query('lock table campaigns, messages in access share mode');
}

/** Recomputes the books of all accounts; an empty answer means that they balance. */
export async function audit(query: Query): Promise<AuditDifference[]> {
  const differences: AuditDifference[] = [];
  for (const { rule, text } of auditRules) {
    // Materialized: with the limit in sight the planner expects the first hundred soon and picks nested loops, which
    // never end over millions of messages that are all in order (5 million: 33 s so, hours the other way).
    const rows = await query<Omit<AuditDifference, 'rule'>>(
      `with violations as materialized (${text}) select * from violations limit ${maxDifferences}`,
    );
    for (const row of rows) differences.push({ rule, ...row });
  }
  return differences;
}
