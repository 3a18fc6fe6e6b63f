// Transfers credit between accounts of a customer (docs/dialects/ovh.md#credit-orders-and-alerts). Used by call-table.ts. The key
// needs the right to the call on both accounts: a key for one account reveals nothing about the others.

import { isGranted } from '#dialects/ovh/api/access-rules.ts';
import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { badParameter, unknownService } from '#dialects/ovh/api/errors.ts';
import { fromCredits } from '#domain/money/ovh-credits.ts';
import { moveTooLarge } from '#domain/money/transfer-refusals.ts';
import type { AccountAccess } from '#operations/access/access.ts';

interface Transfer {
  readonly smsAccountTarget: string;
  readonly credits: number;
}

export const transferAnswers: Answers = {
  'POST /sms/{serviceName}/transferCredits': answer<Transfer>(async (call) => {
    const { services, access, input } = call;
    const target = await findTarget(call, input.smsAccountTarget.trim());
    // Credits of the source account: the same money can be another number of credits in the target.
    const amountMicros = fromCredits(input.credits, services.credit.creditPriceMicros(access));
    // Not a valid amount: above any account's credit, or below one micro.
    if (amountMicros === null && input.credits >= 1) throw moveTooLarge();
    if (amountMicros === null || amountMicros === 0n)
      throw badParameter('credits', 'The amount must be greater than 0');
    if (target.account.id === access.account.id)
      throw badParameter('smsAccountTarget', 'This is the account itself');
    await services.credit.move(access, target, amountMicros);
  }),
};

async function findTarget(
  { services, customer, consumer }: Call,
  serviceName: string,
): Promise<AccountAccess> {
  const target = await services.credentials.openAccount(customer, serviceName);
  const path = `/sms/${encodeURIComponent(serviceName)}/transferCredits`;
  if (target === null || !isGranted(consumer.key!.rules, 'POST', path)) throw unknownService();
  return target;
}
