// Detects expired processes, fences them and releases their work: chunks, callbacks, binds and jobs. Used by every role.
// Never releases work of a live process. A fenced process cannot commit another transaction; its connections are ended.

import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { releaseCallbacksOfDeadProcesses } from '#store/pipeline/callbacks.ts';
import { releaseChunksOfDeadProcesses } from '#store/pipeline/chunks.ts';
import { declareDead, endConnections, listProcesses } from '#store/platform/processes.ts';
import type { Context } from './context.ts';

export interface LiveProcess {
  readonly id: number;
  readonly roles: readonly string[];
}

export interface ReclaimWorkOptions {
  readonly processId: number;
  readonly buckets: readonly number[];
  /** True if the process has certainly ended before its lease expires: it ran on this host. */
  readonly isDead: (process: { host: string; pid: number }) => boolean;
  /** The processes that lived when work was released last; null: it never was. */
  readonly releasedFor: readonly LiveProcess[] | null;
}

/**
 * Fences expired processes, releases their work, and returns the live processes. Looks for work of dead processes (ten
 * statements) only if one has ended since it was released last: whoever declares a process dead can die before the release.
 */
export async function reclaimWork(
  context: Pick<Context, 'database' | 'log'>,
  options: ReclaimWorkOptions,
): Promise<LiveProcess[]> {
  const { database, log } = context;
  const processes = await listProcesses(database.query);
  const dead = processes.filter(
    (process) => process.id !== options.processId && (process.leaseRanOut || options.isDead(process)),
  );
  const live = processes.filter((process) => !dead.includes(process));
  for (const process of dead) {
    log.warn('process.fenced', { process: process.id, host: process.host });
    await fenceProcess(database, process.id);
  }
  if (dead.length === 0 && isSame(live, options.releasedFor)) return live;
  for (const bucket of options.buckets) {
    const freed = await releaseChunksOfDeadProcesses(database.query, bucket);
    if (freed.length > 0) log.warn('chunk.reclaimed', { chunks: freed.length });
    await releaseCallbacksOfDeadProcesses(database.query, bucket);
    const work = await releaseWorkOfDeadProcesses(database.query, bucket);
    if (Object.keys(work).length > 0) log.warn('job.reclaimed', { jobs: work });
  }
  return live;
}

function isSame(live: readonly LiveProcess[], before: readonly LiveProcess[] | null): boolean {
  return before !== null && live.length === before.length && live.every(({ id }, i) => id === before[i]!.id);
}

/** A transaction in progress can still commit. One that hangs is rolled back, so that it blocks no other. */
async function fenceProcess(database: Context['database'], id: number): Promise<void> {
  const declare = () => database.transaction((query) => declareDead(query, id));
  if (!(await declare())) {
    await endConnections(database.query, id);
    if (!(await declare())) throw new Error(`process ${id} holds a lock that its connections do not`);
  }
  await endConnections(database.query, id);
}
