// Reads how much work waits in the queues of the pipeline, and since when. Used by the gauges of the operations listener.
// Cheap at any size of the history: finished work has left these tables.
import { instant, int2, int8, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface QueueDepths {
  /** Messages in chunks that are due, whether a process has claimed them or not. */
  readonly messagesDue: number;
  /** Messages in chunks of a later time. */
  readonly messagesScheduled: number;
  /** Messages of campaigns that wait for the operator's review. */
  readonly messagesHeld: number;
  /** First due time of the oldest due chunk; null if there is none. */
  readonly oldestDueAtMs: number | null;
  readonly callbacks: number;
  /** Creation of the oldest pending callback; null if there is none. */
  readonly oldestCallbackAtMs: number | null;
}

const readChunks = statement('read_chunk_depths', {
  params: { bucket: int2, now: instant },
  row: { due: int8, scheduled: int8, held: int8, oldestDueAtMs: nullable(instant) },
  // A chunk that found no carrier is due again one second later, every ten seconds: it counts as due in this second, and its
  // age begins with its start tag, which is the later of its acceptance and its first due time and never changes.
  text: (p) => `
select coalesce(sum(message_count) filter (where due_at <= ${p.now} + interval '2 seconds'), 0)::bigint as due,
  coalesce(sum(message_count) filter (
    where due_at > ${p.now} + interval '2 seconds' and due_at < 'infinity'), 0)::bigint as scheduled,
  coalesce(sum(message_count) filter (where due_at = 'infinity'), 0)::bigint as held,
  min(least(due_at, start_tag_at)) filter (where due_at <= ${p.now} + interval '2 seconds') as "oldestDueAtMs"
from chunks where bucket = ${p.bucket}`,
});

const readCallbacks = statement('read_callback_depths', {
  params: { bucket: int2 },
  row: { callbacks: int8, oldestCallbackAtMs: nullable(instant) },
  text: (p) => `
select count(*) as callbacks, min(created_at) as "oldestCallbackAtMs" from callbacks where bucket = ${p.bucket}`,
});

/** Over all `buckets`, at the time of the platform's clock. */
export async function readQueueDepths(
  query: Query,
  buckets: readonly number[],
  nowMs: number,
): Promise<QueueDepths> {
  const depths = { messagesDue: 0, messagesScheduled: 0, messagesHeld: 0, callbacks: 0 };
  const dueAtMs: number[] = [];
  const createdAtMs: number[] = [];
  for (const bucket of buckets) {
    const chunks = (await readChunks.find(query, { bucket, now: nowMs }))!;
    depths.messagesDue += chunks.due;
    depths.messagesScheduled += chunks.scheduled;
    depths.messagesHeld += chunks.held;
    if (chunks.oldestDueAtMs !== null) dueAtMs.push(chunks.oldestDueAtMs);
    const { callbacks, oldestCallbackAtMs } = (await readCallbacks.find(query, { bucket }))!;
    depths.callbacks += callbacks;
    if (oldestCallbackAtMs !== null) createdAtMs.push(oldestCallbackAtMs);
  }
  const oldest = (instants: readonly number[]) => (instants.length === 0 ? null : Math.min(...instants));
  return { ...depths, oldestDueAtMs: oldest(dueAtMs), oldestCallbackAtMs: oldest(createdAtMs) };
}
