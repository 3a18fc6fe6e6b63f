// The second rest of a message: carrier references and settlement of a batch of outcomes. Statements that join
// tables; they run together in one transaction of pipeline/record-outcomes.ts.
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

export interface NewCarrierRef {
  readonly messageId: number;
  readonly part: number;
  readonly connectorId: number;
  readonly reference: string;
  readonly atMs: number;
}

const insertRefsStatement: Statement = {
  name: 'insert_carrier_refs',
  text: `
insert into carrier_refs (bucket, message_id, part, connector_id, reference, at)
select $1, r.message_id, r.part, r.connector_id, r.reference, to_timestamp(r.at / 1000)
from unnest($2::bigint[], $3::smallint[], $4::int[], $5::text[], $6::float8[])
  as r(message_id, part, connector_id, reference, at)`,
};

export async function insertCarrierRefs(
  query: Query,
  bucket: number,
  refs: readonly NewCarrierRef[],
): Promise<void> {
  await query(insertRefsStatement, [
    bucket,
    numbers(refs.map((r) => r.messageId)),
    numbers(refs.map((r) => r.part)),
    numbers(refs.map((r) => r.connectorId)),
    texts(refs.map((r) => r.reference)),
    numbers(refs.map((r) => r.atMs)),
  ]);
}

export interface Settlement {
  readonly messageId: number;
  readonly accountId: number;
  /** `charge`: the carrier took it; `release`: it never left. */
  readonly kind: 'charge' | 'release';
  readonly costMicros: bigint;
}

const settleStatement: Statement = {
  name: 'settle',
  text: `
with entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, message_ids, at)
  select $1, s.account_id, s.kind, sum(s.cost_micros)::bigint, array_agg(s.message_id), to_timestamp($6::float8 / 1000)
  from unnest($2::bigint[], $3::int[], $4::text[], $5::bigint[]) as s(message_id, account_id, kind, cost_micros)
  group by s.account_id, s.kind
  returning account_id, kind, amount_micros
), total as (
  select $1::smallint as bucket, account_id, sum(amount_micros)::bigint as settled,
    coalesce(sum(amount_micros) filter (where kind = 'charge'), 0)::bigint as charged
  from entry group by account_id order by account_id
)
update balances b set balance_micros = b.balance_micros - t.charged, held_micros = b.held_micros - t.settled
from total t where b.bucket = t.bucket and b.account_id = t.account_id`,
};

/** Turns holds into charges or gives them back, one immutable entry for each account and kind. */
export async function settle(
  query: Query,
  bucket: number,
  settlements: readonly Settlement[],
  nowMs: number,
): Promise<void> {
  await query(settleStatement, [
    bucket,
    numbers(settlements.map((s) => s.messageId)),
    numbers(settlements.map((s) => s.accountId)),
    texts(settlements.map((s) => s.kind)),
    numbers(settlements.map((s) => s.costMicros)),
    nowMs,
  ]);
}
