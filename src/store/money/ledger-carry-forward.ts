// What campaigns and messages cost that are not kept any more, for the audit (ledger.ts). Written in the transaction that
// takes them away: an audit sees the one or the other.
import { numbers, type Query } from '#store/database/database.ts';

/** Micros by account. */
export type Costs = Map<number, bigint>;

export function addCost(costs: Costs, accountId: number, micros: bigint): void {
  costs.set(accountId, (costs.get(accountId) ?? 0n) + micros);
}

/** Of accounts of one bucket. */
export async function carryLedgerForward(
  query: Query,
  bucket: number,
  of: 'campaigns' | 'messages',
  costs: Costs,
): Promise<void> {
  if (costs.size === 0) return;
  await query(
    `insert into closed_books as b (bucket, account_id, ${of}_micros)
     select $1, c.account_id, c.micros from unnest($2::int[], $3::bigint[]) as c(account_id, micros)
     on conflict (bucket, account_id) do update set ${of}_micros = b.${of}_micros + excluded.${of}_micros`,
    [bucket, numbers([...costs.keys()]), numbers([...costs.values()])],
  );
}

/** The same for several buckets. */
export async function carryLedgerForwardOf(
  query: Query,
  what: Parameters<typeof carryLedgerForward>[2],
  byBucket: ReadonlyMap<number, Costs>,
): Promise<void> {
  for (const [bucket, costs] of byBucket) await carryLedgerForward(query, bucket, what, costs);
}
