// Reads virtual numbers: numbers of the operator's pool that belong to an account of the customer. Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { countryOf, renderNumber } from '#dialects/ovh/api/own-number.ts';
import type { Account } from '#domain/account/account.ts';
import { readSenderName } from '#domain/account/sender.ts';
import type { AssignedNumber, ReplyNumber } from '#domain/plan/reply-numbers.ts';

export interface OfNumber {
  readonly number: string;
}

export const numberAnswers: Answers = {
  'GET /sms/virtualNumbers': answer(async ({ services, customer }) => {
    const accounts = await services.desks.accounts.listOf(customer);
    return (await services.desks.senders.numbersOf(accounts)).map(renderNumber);
  }),

  'GET /sms/virtualNumbers/{number}': answer<OfNumber>(async (call) => ({
    ...describe(await findNumber(call, await call.services.desks.accounts.listOf(call.customer))),
    iam: null,
  })),

  'GET /sms/{serviceName}/virtualNumbers': answer(async ({ services, account }) =>
    (await services.desks.senders.numbersOf([account])).map(renderNumber),
  ),

  'GET /sms/{serviceName}/virtualNumbers/{number}': answer<OfNumber>(async (call) =>
    describe(await findNumber(call, [call.account])),
  ),
};

/** A number of these accounts, in any notation. Any other is 404. */
export async function findNumber(
  { services, input }: Call<OfNumber>,
  accounts: readonly Account[],
): Promise<AssignedNumber> {
  const name = readSenderName(input.number)?.name;
  const own = await services.desks.senders.numbersOf(accounts);
  const found = own.find((number) => renderNumber(number) === name);
  if (found === undefined) throw unknownObject();
  return found;
}

function describe(number: ReplyNumber) {
  return { number: renderNumber(number), countryCode: countryOf(number) };
}
