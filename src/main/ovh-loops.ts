// Background work of the OVH dialect: batches and lists, look-ups, exports, each in a separate loop, so that none waits for
// a long one. Used by the role `jobs`.

import type { Log } from '#domain/base/log-events.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import type { Exports } from '#operations/reading/exports/service.ts';
import { listCampaignsEveryMs } from './intervals.ts';

interface Worker {
  work(): Promise<void>;
}

export interface OvhWorkers {
  readonly batches: Worker;
  readonly lists: Worker;
  readonly lookups: Worker;
  readonly exports: Exports;
}

/** `ovh` is woken when a batch or a list has work. */
export function startOvhLoops(
  { batches, lists, lookups, exports }: OvhWorkers,
  log: Log,
): Readonly<Record<string, Loop>> {
  const loop = (name: string, work: () => Promise<void>) =>
    startLoop({ name, everyMs: listCampaignsEveryMs, work, log });
  const exporting = loop('exports', () => exports.work());
  return {
    ovh: loop('ovh', async () => {
      await batches.work();
      await lists.work();
    }),
    'look-ups': loop('look-ups', () => lookups.work()),
    exports: {
      wake: () => exporting.wake(),
      stop() {
        exports.stop();
        return exporting.stop();
      },
    },
  };
}
