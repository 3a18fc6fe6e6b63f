// Carrier references and settlement of a batch of outcomes, and the mark that protects the batch. Used by
// pipeline/record-outcomes.ts, which runs them in one transaction of one bucket.
import type { Tier } from '#domain/base/campaign.ts';
import { tierCodes } from '#store/database/codes.ts';
import {
  code,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  list,
  micros,
  nothing,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

const assertLives = statement('assert_process_lives', {
  params: { processId: int8 },
  row: { assert_process_lives: nothing },
  text: (p) => `select assert_process_lives(${p.processId})`,
});

/**
 * Fails the transaction (SQLSTATE CH001) if this process was declared dead. Until the end of the transaction nobody can
 * declare it dead.
 */
export async function assertProcessLives(query: Query, processId: number): Promise<void> {
  await assertLives.run(query, { processId });
}

export interface NewCarrierRef {
  readonly messageId: number;
  readonly part: number;
  readonly connectorId: number;
  /** The routing rule; null or absent: none. */
  readonly routeId?: number | null;
  readonly reference: string;
  readonly atMs: number;
}

export interface Settlement {
  readonly messageId: number;
  readonly accountId: number;
  /** `charge`: a carrier has accepted the message. `release`: it was never submitted. */
  readonly kind: 'charge' | 'release';
  readonly costMicros: bigint;
  /** Null for a release. */
  readonly carriage: Carriage | null;
}

/** The hand-over of a charged message. */
export interface Carriage {
  readonly connectorId: number | null;
  readonly country: string;
  readonly segments: number;
  readonly tier: Tier;
  /** Price of the carrier for a segment; null: the route has no cost. */
  readonly segmentCostMicros: bigint | null;
}

/** What carriers answered to messages of one bucket, and what it settles. */
export interface StoredBatch {
  readonly processId: number;
  /** Rises with each batch of the process. */
  readonly number: number;
  readonly references: readonly NewCarrierRef[];
  /** Holds that become charges or are released. */
  readonly settlements: readonly Settlement[];
  /** Chunks of this process whose messages all have an outcome now. */
  readonly chunkIds: readonly number[];
}

const store = statement('store_outcomes', {
  alsoOfOne: true,
  params: {
    bucket: int2,
    processId: int8,
    batch: int8,
    refs: rows<NewCarrierRef>({
      message_id: of(int8, (r) => r.messageId),
      part: of(int2, (r) => r.part),
      connector_id: of(int4, (r) => r.connectorId),
      route_id: of(int4, (r) => r.routeId ?? null),
      reference: of(text, (r) => r.reference),
      at: of(instant, (r) => r.atMs),
    }),
    settlements: rows<Settlement>({
      message_id: of(int8, (s) => s.messageId),
      account_id: of(int4, (s) => s.accountId),
      kind: of(word<Settlement['kind']>(), (s) => s.kind),
      cost_micros: of(micros, (s) => s.costMicros),
      connector_id: of(int4, (s) => s.carriage?.connectorId ?? null),
      country: of(text, (s) => s.carriage?.country ?? null),
      segments: of(int2, (s) => s.carriage?.segments ?? null),
      tier: of(code(tierCodes), (s) => s.carriage?.tier ?? null),
      segment_cost_micros: of(micros, (s) => s.carriage?.segmentCostMicros ?? null),
    }),
    chunkIds: list(int8),
    now: instant,
  },
  // `entry` asks for `mark`, which is thereby executed first: a repeated batch must fail there, and not because more is
  // released than is held. The process of a chunk is asked by `is true`, so that the key is used and never chunks_owned:
  // its entries are all chunks in progress and those deleted since the last vacuum.
  text: (p) => `
with mark as (
  insert into recorded_batches as r (bucket, process_id, last) values (${p.bucket}, ${p.processId}, ${p.batch})
  on conflict (bucket, process_id) do update set last = case when r.last < excluded.last then excluded.last end
  returning r.last
), reference as (
  insert into carrier_references (bucket, message_id, part, connector_id, route_id, reference, at)
  select ${p.bucket}, r.message_id, r.part, r.connector_id, r.route_id, r.reference, ${instantOf('r.at')} from ${p.refs.as('r')}
), chunk as (
  delete from chunks where bucket = ${p.bucket} and id = any(${p.chunkIds}) and (process_id = ${p.processId}) is true
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, message_ids, at,
    connector_id, country, segments, tier, segment_cost_micros)
  select ${p.bucket}, s.account_id, s.kind, sum(s.cost_micros)::bigint, array_agg(s.message_id), ${p.now},
    s.connector_id, s.country, sum(s.segments)::int, s.tier, s.segment_cost_micros
  from ${p.settlements.as('s')}
  where exists (select 1 from mark)
  group by s.account_id, s.kind, s.connector_id, s.country, s.tier, s.segment_cost_micros
  returning account_id, kind, amount_micros
), total as (
  select ${p.bucket} as bucket, account_id, sum(amount_micros)::bigint as settled,
    coalesce(sum(amount_micros) filter (where kind = 'charge'), 0)::bigint as charged
  from entry group by account_id order by account_id
)
update balances b set balance_micros = b.balance_micros - t.charged, held_micros = b.held_micros - t.settled
from total t where b.bucket = t.bucket and b.account_id = t.account_id and ${inBucket('b', p.bucket)}`,
});

/**
 * Stores the references, turns holds into charges or releases them, with one immutable entry for each account, kind,
 * carrier, country, tier and price of the carrier, and deletes finished chunks. One statement, because each of four would cost
 * this process 50 µs and the server 30.
 *
 * Fails the transaction (SQLSTATE 23502, column `last`) if this batch of the process or a later one is recorded already,
 * whether the answer to its commit arrived or not. A second transaction of one process in one bucket waits for the first.
 */
export async function storeOutcomes(
  query: Query,
  bucket: number,
  { processId, number, references, settlements, chunkIds }: StoredBatch,
  nowMs: number,
): Promise<void> {
  await store.run(query, {
    bucket,
    processId,
    batch: number,
    refs: references,
    settlements,
    chunkIds,
    now: nowMs,
  });
}
