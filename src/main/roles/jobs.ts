// The role `jobs`: background work of services, such as batches, contact-list campaigns, look-ups and exports, each in a
// separate loop, so that none waits for a long one. The loops submit campaigns, so they stop before submissions do.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { jobsEveryMs, unaidedPollMs } from '../intervals.ts';
import type { Role } from '../role.ts';

export const jobs: Role = {
  name: 'jobs',
  create({ log, jobs: work, intervals }) {
    let loops: Readonly<Record<string, Loop>> = {};
    const loop = (name: string, everyMs: number, ...rounds: readonly (() => Promise<void>)[]) =>
      startLoop({
        name,
        everyMs,
        idleMs: Math.max(everyMs, unaidedPollMs),
        async work() {
          for (const round of rounds) await round();
        },
        log,
      });
    return {
      startLoops() {
        const exports = loop('exports', jobsEveryMs, work.writeExports);
        loops = {
          'contact-list campaigns': loop(
            'contact-list campaigns',
            jobsEveryMs,
            work.prepareContactListCampaigns,
            work.maskSecrets,
          ),
          batches: loop('batches', jobsEveryMs, work.sendBatches, work.cleanSlots),
          expired: loop(
            'expired keys and documents',
            2 * intervals.expiryEveryMs,
            work.deleteExpiredKeys,
            work.deleteExpiredDocuments,
          ),
          'look-ups': loop('look-ups', jobsEveryMs, work.processLookupOrders),
          exports: {
            wake: exports.wake,
            stop() {
              work.stopExports();
              return exports.stop();
            },
          },
        };
        return loops;
      },
      async close() {
        await Promise.all(Object.values(loops).map((running) => running.stop()));
      },
    };
  },
};
