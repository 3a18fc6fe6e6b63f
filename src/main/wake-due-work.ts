// Wakes the loops whose work is due: one statement every two seconds replaces a claim by each loop, and a loop is woken at the
// due time of its work. Used by process-upkeep.ts. Notices wake loops sooner; without this loop they would still claim
// every `unaidedPollMs`.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { type DueKind, findDueWork } from '#pipeline/find-due-work.ts';
import { lookForWorkEveryMs } from './intervals.ts';
import type { RoleContext } from './role.ts';
import { bindCallbacks } from './smpp-server.ts';

/** The loop of each kind; a process without the role of the loop ignores the kind. */
const loopOf: Readonly<Record<DueKind, string>> = {
  chunks: 'dispatch',
  callbacks: 'callbacks',
  bindCallbacks,
  batches: 'batches',
  slotCleanings: 'batches',
  contactListCampaigns: 'contact-list campaigns',
  secretTexts: 'contact-list campaigns',
  lookupOrders: 'look-ups',
  historyExports: 'exports',
  notifications: 'notifications',
  unmatchedReceipts: 'recent unmatched receipts',
};

export function startWakingDueWork(context: RoleContext): Loop {
  const { clock, log, wake } = context;
  const timers = new Map<DueKind, NodeJS.Timeout>();
  const loop = startLoop({
    name: 'due work',
    everyMs: lookForWorkEveryMs,
    log,
    async work() {
      const due = await findDueWork(context, context.buckets(), clock.now() + lookForWorkEveryMs);
      const nowMs = clock.now();
      for (const [kind, dueAtMs] of due) {
        const name = loopOf[kind];
        if (dueAtMs <= nowMs) wake(name);
        else {
          clearTimeout(timers.get(kind));
          timers.set(
            kind,
            setTimeout(() => wake(name), dueAtMs - nowMs),
          );
        }
      }
    },
  });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
