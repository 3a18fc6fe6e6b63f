// The role `jobs`: background work of services, such as batches, lists, look-ups and exports. Its loops submit campaigns, so
// they stop before submissions do.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { listCampaignsEveryMs } from '../intervals.ts';
import type { Role } from '../role.ts';

export const jobs: Role = {
  name: 'jobs',
  create({ runtime, services }) {
    let loops: Readonly<Record<string, Loop>> = {};
    return {
      startLoops() {
        const { rest, ovh } = services();
        loops = {
          'list campaigns': startLoop({
            name: 'list campaigns',
            everyMs: listCampaignsEveryMs,
            work: () => rest.work(),
            log: runtime.log,
          }),
          ...ovh.startLoops(),
        };
        return loops;
      },
      async close() {
        await Promise.all(Object.values(loops).map((loop) => loop.stop()));
      },
    };
  },
};
