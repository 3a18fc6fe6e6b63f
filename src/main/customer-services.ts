// The older interfaces of the OVH dialects, which do not use the services of operations/services.ts yet. Used by the
// listeners.

import type { ListenersOptions } from './http-server.ts';
import { openOvhOffice } from './ovh-services.ts';
import type { RoleContext } from './role.ts';

type Needs = Omit<RoleContext, 'customerServices' | 'readiness'>;

export function createCustomerServices(context: Needs): ListenersOptions['ovh'] {
  const { config, runtime, submit, credentials, ports } = context;
  return openOvhOffice({
    config,
    runtime,
    submit,
    books: credentials,
    parts: context.serviceParts,
    rates: (accountId) => context.pricing().rates(accountId),
    replyNumbers: () => context.pricing().replyNumbers,
    wakeDispatch: () => ports.notices.chunksAdded(),
  });
}
