// Deletes campaigns, messages, references and history after their retention, in one process at a time. Used by the role
// `maintenance` (docs/decisions/0023-retention.md).
import { horizonAt, type Round, type Terms } from '#domain/delivery/retention.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { deleteExpiredCampaigns } from '#pipeline/retention/delete-campaigns.ts';
import { deleteExpiredMessages } from '#pipeline/retention/delete-messages.ts';
import { deleteExpiredReferences } from '#pipeline/retention/delete-references.ts';
import { deleteExpiredHistory, deleteUsedRows } from '#pipeline/retention/delete-rows.ts';
import { aloneIn } from '#store/database/locks.ts';

type Needs = Pick<ProcessContext, 'database' | 'clock' | 'log' | 'buckets' | 'isStopping'>;

export interface Retention {
  /** Runs one round. True: rows in use were left for a later round. Null: another process runs a round. */
  run(): Promise<boolean | null>;
}

export function createRetention(context: Needs, terms: Terms): Retention {
  const holdsUntil: Round['holdsUntil'] = new Map();
  return {
    run: () =>
      aloneIn(context.database, 'forgetting', () =>
        deleteExpired(context, {
          ...horizonAt(terms, context.clock.now()),
          buckets: context.buckets(),
          holdsUntil,
          isStopping: () => context.isStopping(),
        }),
      ),
  };
}

/** Returns whether rows in use were left for a later round. */
export async function deleteExpired(
  context: Pick<Needs, 'database' | 'log'>,
  round: Round,
): Promise<boolean> {
  await deleteUsedRows(context, round);
  const left = [];
  if (round.keepMs !== Number.POSITIVE_INFINITY) {
    left.push(await deleteExpiredCampaigns(context, round));
    await deleteExpiredHistory(context, round);
    left.push(await deleteExpiredMessages(context, round));
  }
  left.push(await deleteExpiredReferences(context, round));
  return left.includes(true);
}
