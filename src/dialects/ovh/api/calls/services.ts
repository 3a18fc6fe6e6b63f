// Answers serviceInfos, which OVH's clients read for the expiry of a service (docs/dialects/ovh.md#calls-of-options). Used by
// call-table.ts. An account is paid by its credit and does not expire: the answer has a distant date and an automatic renewal,
// and neither can be changed.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDay } from '#dialects/ovh/api/dates.ts';
import { badParameter } from '#dialects/ovh/api/errors.ts';
import { renderNumber } from '#dialects/ovh/api/own-number.ts';
import { handleOf } from './customer.ts';
import { findOfCustomer, type OfNumber } from './numbers.ts';

interface RenewInput {
  readonly renew?: {
    readonly automatic?: boolean;
    readonly deleteAtExpiration?: boolean;
  } | null;
}

interface Service {
  readonly name: string;
  readonly id: number;
  readonly createdAtMs: number;
}

export const serviceAnswers: Answers = {
  'GET /sms/{serviceName}/serviceInfos': answer(async (call) =>
    renderService(call, await accountService(call)),
  ),

  'PUT /sms/{serviceName}/serviceInfos': answer<RenewInput>(({ input }) => assertUnchanged(input)),

  'GET /sms/virtualNumbers/{number}/serviceInfos': answer<OfNumber>(async (call) =>
    renderService(call, await numberService(call)),
  ),

  'PUT /sms/virtualNumbers/{number}/serviceInfos': answer<OfNumber & RenewInput>(async (call) => {
    await numberService(call);
    assertUnchanged(call.input);
  }),
};

async function accountService({ services, access }: Call): Promise<Service> {
  const { id, serviceName } = access.account;
  return { id, name: serviceName, createdAtMs: await services.accounts.createdAtMs(access) };
}

async function numberService(call: Call<OfNumber>): Promise<Service> {
  const found = await findOfCustomer(call);
  // Numbers have no id; the last nine digits fit the `long` of every client.
  const id = Number(found.number.slice(-9));
  return { id, name: renderNumber(found), createdAtMs: found.createdAtMs };
}

/** Clients warn when this date is near. There is no expiry, and null is not allowed. */
const noEnd = '2099-12-31';

function renderService({ customer }: Call<unknown>, { id, name, createdAtMs }: Service) {
  const contact = handleOf(customer.account.serviceName);
  return {
    serviceId: id,
    domain: name,
    status: 'ok',
    creation: renderDay(createdAtMs),
    expiration: noEnd,
    engagedUpTo: null,
    canDeleteAtExpiration: false,
    contactAdmin: contact,
    contactBilling: contact,
    contactTech: contact,
    possibleRenewPeriod: null,
    renew: { automatic: true, deleteAtExpiration: false, forced: true, manualPayment: false, period: null },
    renewalType: 'automaticForcedProduct',
  };
}

/** Accepts the values that GET returned; a termination is refused. */
function assertUnchanged({ renew }: RenewInput): void {
  if (renew?.deleteAtExpiration === true)
    throw badParameter('renew.deleteAtExpiration', 'This service has no end; ask the operator to close it');
  if (renew?.automatic === false)
    throw badParameter('renew.automatic', 'This service has no end and needs no renewal');
}
