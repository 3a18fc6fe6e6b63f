// What OVH's dialect may ask of the house about sending, answered by operations. Serves the doors.
import type { SendingDesk } from '#dialects/ovh/desks.ts';

export function sendingDeskOf(): SendingDesk {
  return {
    standingOf: async () => 'name',
  };
}
