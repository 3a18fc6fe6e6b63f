// What OVH's dialect may ask of the house about sending, answered by operations. Serves the doors.
import type { SendingDesk } from '#dialects/ovh/desks.ts';
import { cancelJob, listJobs } from '#operations/keep-jobs.ts';
import type { Engine } from './engine.ts';

export interface SendingOptions {
  readonly engine: Engine;
}

export function sendingDeskOf({ engine }: SendingOptions): SendingDesk {
  return {
    standingOf: async () => 'name',
    listJobs: (account, filter) => listJobs(engine, account, filter),
    cancelJob: (account, id) => cancelJob(engine, account, id),
  };
}
