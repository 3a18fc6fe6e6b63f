// Gauges of the queues of the whole platform: messages and callbacks that wait, and since when. Used by the operations
// listener before each scrape, in a process of any role.
import { gauge } from '#lib/observability/metrics.ts';
import { readQueueDepths } from '#store/pipeline/queue-depths.ts';
import type { ProcessContext } from './context.ts';

const waiting = gauge({
  name: 'chappe_messages_waiting',
  help: 'Messages in the queue, by state: due, scheduled for later, or held for review. Of the whole platform.',
  labels: ['state'],
});
const oldestDue = gauge({
  name: 'chappe_messages_oldest_due_seconds',
  help: 'Time since the due time of the oldest message that is due and not finished; 0 if there is none. Of the whole platform.',
});
const callbacksWaiting = gauge({
  name: 'chappe_callbacks_waiting',
  help: 'Callbacks that are not pushed yet. Of the whole platform.',
});
const oldestCallback = gauge({
  name: 'chappe_callbacks_oldest_seconds',
  help: 'Age of the oldest callback that is not pushed yet; 0 if there is none. Of the whole platform.',
});

export async function setQueueGauges({
  database,
  clock,
  buckets,
}: Pick<ProcessContext, 'database' | 'clock' | 'buckets'>): Promise<void> {
  // Values of an earlier scrape must not stay if the database does not answer.
  for (const metric of [waiting, oldestDue, callbacksWaiting, oldestCallback]) metric.clear();
  const nowMs = clock.now();
  const depths = await readQueueDepths(database.query, buckets(), nowMs);
  waiting.set({ state: 'due' }, depths.messagesDue);
  waiting.set({ state: 'scheduled' }, depths.messagesScheduled);
  waiting.set({ state: 'held' }, depths.messagesHeld);
  const secondsSince = (atMs: number | null) => (atMs === null ? 0 : Math.max(0, nowMs - atMs) / 1000);
  oldestDue.set({}, secondsSince(depths.oldestDueAtMs));
  callbacksWaiting.set({}, depths.callbacks);
  oldestCallback.set({}, secondsSince(depths.oldestCallbackAtMs));
}
