// Sums of deleted campaigns and messages, for the audit (ledger.ts). Used by retention, in the transaction that deletes
// them: an audit sees either the rows or their sum.
import { int2, int4, micros } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

/** Micros by account. */
export type Costs = Map<number, bigint>;

export function addCost(costs: Costs, accountId: number, micros: bigint): void {
  costs.set(accountId, (costs.get(accountId) ?? 0n) + micros);
}

type Cost = readonly [accountId: number, costMicros: bigint];

const add = (what: 'campaigns' | 'messages') =>
  statement(`carry_${what}_forward`, {
    params: {
      bucket: int2,
      costs: rows<Cost>({ account_id: of(int4, (c) => c[0]), micros: of(micros, (c) => c[1]) }),
    },
    text: (p) => `
insert into ledger_carry_forward as b (bucket, account_id, ${what}_micros)
select ${p.bucket}, c.account_id, c.micros from ${p.costs.as('c')}
on conflict (bucket, account_id) do update set ${what}_micros = b.${what}_micros + excluded.${what}_micros`,
  });

const statements = { campaigns: add('campaigns'), messages: add('messages') };

/** Adds the costs of accounts of one bucket. */
export async function carryLedgerForward(
  query: Query,
  bucket: number,
  what: keyof typeof statements,
  costs: Costs,
): Promise<void> {
  if (costs.size > 0) await statements[what].run(query, { bucket, costs: [...costs] });
}

/** Adds the costs of accounts of several buckets. */
export async function carryLedgerForwardOf(
  query: Query,
  what: keyof typeof statements,
  byBucket: ReadonlyMap<number, Costs>,
): Promise<void> {
  for (const [bucket, costs] of byBucket) await carryLedgerForward(query, bucket, what, costs);
}
