// The job of look-up orders: queries a carrier, stores the answer, and refunds a look-up without one. Used by the role
// `jobs`.
//
// Promises: each look-up ends once, after a crash at any point; a failed one costs nothing. A look-up belongs to its process
// until the carrier answers: the connector limits the time. A carrier can be queried twice for one look-up: after a crash
// before the answer was stored.
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import type { Context } from '#pipeline/context.ts';
import { refundLookups } from '#store/money/lookup-prices.ts';
import { claimLookups, type DueLookup, endLookup, releaseLookup } from '#store/recipients/lookup-orders.ts';

export interface LookupJobNeeds {
  readonly processId: number;
  readonly connector: LookupConnector;
}

export interface LookupJob {
  /** Looks up the due orders of the bucket: one round at a time in a process. */
  runOnce(bucket: number): Promise<void>;
}

const concurrency = 20;
/** Delay before a carrier without an answer is queried again. */
const retryAfterMs = 60_000;
const maxTries = 3;

export function createLookupJob(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { processId, connector }: LookupJobNeeds,
): LookupJob {
  return {
    async runOnce(bucket) {
      for (;;) {
        const due = await claimLookups(database.query, bucket, processId, clock.now(), concurrency);
        // Waits for all of them before it throws: look-ups in progress must not be claimed again.
        const results = await Promise.allSettled(due.map((lookup) => lookUp(bucket, lookup)));
        for (const result of results) if (result.status === 'rejected') throw result.reason;
        if (due.length < concurrency) return;
      }
    },
  };

  async function lookUp(
    bucket: number,
    { accountId, id, msisdn, country, costMicros, tries }: DueLookup,
  ): Promise<void> {
    const account = { bucket, id: accountId };
    const release = () => releaseLookup(database.query, account, id, processId, clock.now() + retryAfterMs);
    try {
      const outcome = await connector.look(msisdn, country);
      if (outcome.kind === 'failed' && tries < maxTries) {
        await release();
        return;
      }
      const facts = outcome.kind === 'found' ? outcome.facts : null;
      const nowMs = clock.now();
      await database.transaction(async (query) => {
        const hasEnded = await endLookup(query, account, id, processId, facts, nowMs);
        if (hasEnded && facts === null) await refundLookups(query, account, 1, costMicros, nowMs);
      });
    } catch (error) {
      await release();
      throw error;
    }
  }
}
