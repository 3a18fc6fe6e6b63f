// The call of the operator's first page: the installation at a glance. Part of contract.ts.

import { Type } from 'typebox';
import { accountTraffic, today } from './operator-accounts.ts';
import { queueDepths } from './operator-system.ts';
import { calls, instant, strict } from './schemas.ts';

const count = Type.Integer({ minimum: 0 });

export const operatorOverviewCalls = calls({
  'operator.overview.read': {
    method: 'GET',
    path: '/console/api/operator/overview',
    parameters: strict(today),
    answer: Type.Object({
      queues: queueDepths,
      carriers: Type.Object({ usable: count, all: count, isSimulated: Type.Boolean() }),
      todo: Type.Object({ campaigns: count, senders: count, templates: count, orders: count }),
      today: accountTraffic,
      /** Messages that carriers took in each of the last 60 minutes, the oldest first. */
      lastHour: Type.Array(Type.Object({ at: instant, messages: count })),
      /** The accounts with the most messages of today, at most ten. */
      busiest: Type.Array(
        Type.Object({ account: Type.String(), name: Type.String(), today: accountTraffic }),
      ),
    }),
    permission: 'system.read',
    audited: false,
  },
});
