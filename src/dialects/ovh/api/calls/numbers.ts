// Reads virtual numbers: numbers of the operator's pool that belong to an account of the customer. Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { countryOf, renderNumber } from '#dialects/ovh/api/own-number.ts';
import { readSenderName } from '#domain/account/sender.ts';
import type { AssignedNumber, ReplyNumber } from '#domain/plan/reply-numbers.ts';

export interface OfNumber {
  readonly number: string;
}

export const numberAnswers: Answers = {
  'GET /sms/virtualNumbers': answer(async ({ services, customer }) =>
    (await services.senders.listAllNumbers(customer)).map(renderNumber),
  ),

  'GET /sms/virtualNumbers/{number}': answer<OfNumber>(async (call) => ({
    ...describe(await findOfCustomer(call)),
    iam: null,
  })),

  'GET /sms/{serviceName}/virtualNumbers': answer(async ({ services, access }) =>
    (await services.senders.listOwnNumbers(access)).map(renderNumber),
  ),

  'GET /sms/{serviceName}/virtualNumbers/{number}': answer<OfNumber>(async (call) =>
    describe(await findOfAccount(call)),
  ),
};

/** A number of the account, in any notation. Any other is 404. */
export async function findOfAccount(call: Call<OfNumber>): Promise<AssignedNumber> {
  return findNumber(call, await call.services.senders.listOwnNumbers(call.access));
}

/** A number of the customer's account or of one of its sub-accounts. */
export async function findOfCustomer(call: Call<OfNumber>): Promise<AssignedNumber> {
  return findNumber(call, await call.services.senders.listAllNumbers(call.customer));
}

function findNumber({ input }: Call<OfNumber>, numbers: readonly AssignedNumber[]): AssignedNumber {
  const name = readSenderName(input.number)?.name;
  const found = numbers.find((number) => renderNumber(number) === name);
  if (found === undefined) throw unknownObject();
  return found;
}

function describe(number: ReplyNumber) {
  return { number: renderNumber(number), countryCode: countryOf(number) };
}
