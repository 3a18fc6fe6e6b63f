// The upkeep of a process in addition to its roles: registration, lease, notices, reclaimed work. Used by main.ts.
import { hostname } from 'node:os';
import { startLoop } from '#lib/async/loop.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { keepLease, type Lease } from '#pipeline/process-lease.ts';
import { type LiveProcess, reclaimWork } from '#pipeline/reclaim-work.ts';
import { type Notice, noticeChannel } from '#store/database/notices.ts';
import { endProcess, registerProcess, renewProcess } from '#store/platform/processes.ts';
import { allRoles } from './config/roles.ts';
import { renewalOverdueMs, renewEveryMs } from './intervals.ts';
import { isProcessDead } from './process-liveness.ts';
import type { ProcessParts } from './process-parts.ts';
import type { OnFatal } from './role.ts';
import type { Runtime } from './runtime.ts';

/** The id of this process. */
export function register({ database }: Runtime, roles: readonly string[]): Promise<number> {
  return registerProcess(database.query, hostname(), process.pid, roles, database.applicationName);
}

export async function unregister({ database }: Runtime, processId: number): Promise<void> {
  await database.transaction((query) => endProcess(query, processId));
}

export function keepProcessLease({ context, running }: ProcessParts, onFatal: OnFatal): Lease {
  const { log, database, processId } = context;
  // A dedicated connection: in the pool a renewal would wait behind other work of the process.
  const pipeline = database.openPipeline();
  return keepLease({
    clock: steadyClock,
    everyMs: renewEveryMs,
    overdueMs: renewalOverdueMs,
    renew: () => pipeline.run((query) => renewProcess(query, processId)),
    onStopped: () => pipeline.close(),
    onOverdue(isOverdue) {
      if (isOverdue) log.warn('process.paused');
      else log.info('process.resumed');
      for (const role of running) role.pause?.(isOverdue);
    },
    onDead: () => onFatal('another process declared this one dead'),
  });
}

/** Follows notices of other processes; a null notice means that some were lost. Returns the function that ends it. */
export function followNotices({ context, reload }: ProcessParts): Promise<() => Promise<void>> {
  const { database, log, wake } = context;
  const fail = (error: Error) => log.warn('notice.handle_failed', { err: error.message });
  const actions: Readonly<Record<string, () => void>> = {
    accounts: () => void reload('accounts').catch(fail),
    rates: () => void reload('rates').catch(fail),
    carriers: () => wake('reclaim'),
    chunks: () => wake('dispatch'),
    callbacks() {
      wake('callbacks');
      wake('notifications');
    },
  };
  return database.listen(noticeChannel, (notice) => {
    if (notice === null) for (const action of Object.values(actions)) action();
    else actions[notice as Notice]?.();
  });
}

/** Releases the work of expired processes and reports the live ones to the roles. */
export function createReclaim({ context, running }: ProcessParts): () => Promise<void> {
  const { database, log, processId } = context;
  let missingBefore: readonly string[] = [];

  /** Of two rounds: processes of one installation start one after the other. */
  function reportMissingRoles(live: readonly LiveProcess[]): void {
    const missing = allRoles.filter((role) => !live.some(({ roles }) => roles.includes(role)));
    for (const role of missing) if (missingBefore.includes(role)) log.warn('role.missing', { role });
    missingBefore = missing;
  }

  return async () => {
    const options = { processId, buckets: context.buckets(), isGone: isProcessDead };
    const live = await reclaimWork({ database, log }, options);
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
    ...Object.assign({}, ...running.map((role) => role.startLoops?.())),
  });
}

export async function stopLoops({ loops }: ProcessParts): Promise<void> {
  await Promise.all(Object.values(loops).map((loop) => loop.stop()));
}
