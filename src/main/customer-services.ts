// The services of the Octopush and OVH dialects, which the roles `listeners` and `jobs` share.

import { openOvhOffice } from './ovh-services.ts';
import { openRestOffice } from './rest-services.ts';
import type { CustomerServices, RoleContext } from './role.ts';

type Needs = Omit<RoleContext, 'services' | 'readiness'>;

export function createCustomerServices(context: Needs): CustomerServices {
  const { config, runtime, processId, caches, submit, buckets, ports, wake } = context;
  const shared = { config, runtime, processId, submit, buckets };
  return {
    rest: openRestOffice({
      ...shared,
      accounts: caches.accounts,
      wake: () => wake('list campaigns'),
      allowPrivateCallbacks: config.allowPrivateCallbacks,
    }),
    ovh: openOvhOffice({
      ...shared,
      books: caches,
      rates: (accountId) => context.pricing().rates(accountId),
      replyNumbers: () => context.pricing().replyNumbers,
      wakeDispatch: () => ports.notices.chunksAdded(),
      wakeWork: () => wake('ovh'),
    }),
  };
}
