// The role `maintenance`: closes receipt windows and applies retention.
import { startMaintenance } from '../maintenance.ts';
import type { Role } from '../role.ts';

export const maintenance: Role = {
  name: 'maintenance',
  create: ({ config, runtime, ports, intervals, buckets }) => ({
    startLoops: () => startMaintenance(config, runtime, ports, { everyMs: intervals.expiryEveryMs, buckets }),
  }),
};
