// The older interfaces of the dialects that do not use the services of operations/services.ts yet. Used by the listeners.

import { openOvhOffice } from './ovh-services.ts';
import { restDesksOf } from './rest-services.ts';
import type { CustomerServices, RoleContext } from './role.ts';

type Needs = Omit<RoleContext, 'customerServices' | 'readiness'>;

export function createCustomerServices(context: Needs): CustomerServices {
  const { config, runtime, submit, credentials, ports } = context;
  const parts = context.serviceParts;
  return {
    rest: restDesksOf({
      runtime,
      submit,
      listCampaigns: parts.contactListCampaigns,
      allowPrivateCallbacks: config.allowPrivateCallbacks,
    }),
    ovh: openOvhOffice({
      config,
      runtime,
      submit,
      books: credentials,
      parts,
      rates: (accountId) => context.pricing().rates(accountId),
      replyNumbers: () => context.pricing().replyNumbers,
      wakeDispatch: () => ports.notices.chunksAdded(),
    }),
  };
}
