// Notices between processes, and the row of this process. Used by main. A notice only wakes or refreshes; polling finds the
// changes of a lost one.
import type { Database } from '#store/database/database.ts';
import { type Notice, noticeChannel, notify } from '#store/database/notices.ts';
import { endProcess, registerProcess, renewProcess } from '#store/platform/processes.ts';

/** Announces a change or waiting work. A failure is ignored, like a lost notice. */
export function announce({ query }: Pick<Database, 'query'>, notice: Notice): Promise<void> {
  return notify(query, notice).catch(() => {});
}

/** All actions run when notices may have been lost. Returns the function that ends it. */
export function followNotices(
  database: Database,
  actions: Readonly<Record<Notice, () => void>>,
): Promise<() => Promise<void>> {
  return database.listen(noticeChannel, (notice) => {
    if (notice === null) for (const action of Object.values(actions)) action();
    else actions[notice as Notice]?.();
  });
}

export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
}

/** Returns the id of this process. */
export function register(database: Database, { host, pid, roles }: ProcessIdentity): Promise<number> {
  return registerProcess(database.query, host, pid, roles, database.applicationName);
}

export async function unregister(database: Database, processId: number): Promise<void> {
  await database.transaction((query) => endProcess(query, processId));
}

/** Renews the lease on a dedicated connection: in the pool a renewal would wait behind other work of the process. */
export function openRenewal(database: Database, processId: number) {
  const pipeline = database.openPipeline();
  return {
    /** False: another process fenced this one. */
    renew: () => pipeline.run((query) => renewProcess(query, processId)),
    close: () => pipeline.close(),
  };
}
