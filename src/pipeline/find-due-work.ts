// The work that is due in all buckets, by kind. Used by main, which wakes the loop of each kind. Claims nothing.
import { type DueKind, findDueWork as findDueWorkOf } from '#store/platform/due-work.ts';
import type { Context } from './context.ts';

export type { DueKind };

/** The earliest due time of each kind that has free work due by `untilMs`. */
export async function findDueWork(
  { database }: Pick<Context, 'database'>,
  buckets: readonly number[],
  untilMs: number,
): Promise<ReadonlyMap<DueKind, number>> {
  const earliest = new Map<DueKind, number>();
  for (const bucket of buckets)
    for (const [kind, dueAtMs] of await findDueWorkOf(database.query, bucket, untilMs))
      earliest.set(kind, Math.min(dueAtMs, earliest.get(kind) ?? dueAtMs));
  return earliest;
}
