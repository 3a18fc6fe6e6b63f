// The upkeep of a process in addition to its roles: registration, lease, notices, reclaimed work. Used by main.ts.
import { hostname } from 'node:os';
import { startLoop } from '#lib/async/loop.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { keepLease, type Lease } from '#pipeline/process-lease.ts';
import { followNotices, openRenewal, register } from '#pipeline/process-notices.ts';
import { type LiveProcess, reclaimWork } from '#pipeline/reclaim-work.ts';
import { allRoles } from './config/roles.ts';
import { releaseAnywayRounds, renewalOverdueMs, renewEveryMs } from './intervals.ts';
import { isProcessDead } from './process-liveness.ts';
import type { ProcessParts } from './process-parts.ts';
import type { OnFatal } from './role.ts';
import type { Runtime } from './runtime.ts';
import { bindCallbacks } from './smpp-server.ts';
import { startWakingDueWork } from './wake-due-work.ts';

/** The id of this process. */
export function registerProcess({ database }: Runtime, roles: readonly string[]): Promise<number> {
  return register(database, { host: hostname(), pid: process.pid, roles });
}

export function keepProcessLease({ context, running }: ProcessParts, onFatal: OnFatal): Lease {
  const { log, database, processId } = context;
  const { renew, close } = openRenewal(database, processId);
  return keepLease({
    clock: steadyClock,
    everyMs: renewEveryMs,
    overdueMs: renewalOverdueMs,
    renew,
    onStopped: close,
    onOverdue(isOverdue) {
      if (isOverdue) log.warn('process.paused');
      else log.info('process.resumed');
      for (const role of running) role.pause?.(isOverdue);
    },
    onDead: () => onFatal('another process declared this one dead'),
  });
}

/** Follows notices of other processes. Returns the function that ends it. */
export function followProcessNotices({ context, reload }: ProcessParts): Promise<() => Promise<void>> {
  const { database, log, wake, connectorSet } = context;
  const fail = (error: Error) => log.warn('notice.handle_failed', { err: error.message });
  return followNotices(database, {
    accounts: () => void reload('accounts').catch(fail),
    rates: () => void reload('rates').catch(fail),
    carriers() {
      connectorSet.forget();
      wake('reclaim');
    },
    chunks: () => wake('dispatch'),
    callbacks() {
      wake('callbacks');
      wake(bindCallbacks);
      wake('notifications');
    },
  });
}

/** Releases the work of expired processes and reports the live ones to the roles. */
export function createReclaim({ context, running }: ProcessParts): () => Promise<void> {
  const { database, log, processId } = context;
  let missingBefore: readonly string[] = [];
  let releasedFor: readonly LiveProcess[] | null = null;
  let round = 0;

  /** Of two rounds: processes of one installation start one after the other. */
  function reportMissingRoles(live: readonly LiveProcess[]): void {
    const missing = allRoles.filter((role) => !live.some(({ roles }) => roles.includes(role)));
    for (const role of missing) if (missingBefore.includes(role)) log.warn('role.missing', { role });
    missingBefore = missing;
  }

  return async () => {
    // Every eighth round looks for itself, in case another process saw an end and died with the release before it.
    if (round++ % releaseAnywayRounds === 0) releasedFor = null;
    const options = { processId, buckets: context.buckets(), isDead: isProcessDead, releasedFor };
    const live = await reclaimWork({ database, log }, options);
    releasedFor = live;
    reportMissingRoles(live);
    for (const role of running) await role.onProcesses?.(live);
  };
}

/** Starts the loops of the process and of its roles. */
export function startLoops({ context, running, loops }: ProcessParts, reclaim: () => Promise<void>): void {
  const { log, runtime, intervals } = context;
  Object.assign(loops, {
    reclaim: startLoop({ name: 'reclaim', everyMs: intervals.reclaimEveryMs, work: reclaim, log }),
    database: startLoop({
      name: 'database',
      everyMs: renewEveryMs,
      work: () => runtime.ensureRunning(),
      log,
    }),
    'due work': startWakingDueWork(context),
    ...Object.assign({}, ...running.map((role) => role.startLoops?.())),
  });
}

export async function stopLoops({ loops }: ProcessParts): Promise<void> {
  await Promise.all(Object.values(loops).map((loop) => loop.stop()));
}
