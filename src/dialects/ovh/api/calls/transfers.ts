// Credit goes from one account of a customer to another (docs/dialects/ovh.md#credit-orders-and-alerts). The key that
// signs must open both: a token made for one account learns nothing of the others.

import { isGranted } from '#dialects/ovh/api/access-rules.ts';
import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { badParameter, unknownService } from '#dialects/ovh/api/errors.ts';
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { fromCredits } from '#domain/money/ovh-credits.ts';

interface Transfer {
  readonly smsAccountTarget: string;
  readonly credits: number;
}

export const transferAnswers: Answers = {
  'POST /sms/{serviceName}/transferCredits': answer<Transfer>(async (call) => {
    const { services, account, input } = call;
    const { accounts } = services.desks;
    const target = await findTarget(call, input.smsAccountTarget.trim());
    // Credits of the account that gives: the same money may be another number of them there.
    const amountMicros = fromCredits(input.credits, accounts.creditPriceMicros(account));
    // No number of micros: too many for any account, or less than one.
    if (amountMicros === null && input.credits >= 1) throw new RefusedError('credit-insufficient');
    if (amountMicros === null || amountMicros === 0n)
      throw badParameter('credits', 'The amount must be greater than 0');
    if (target.id === account.id) throw badParameter('smsAccountTarget', 'This is the account itself');
    await accounts.moveCredit(account, target, amountMicros);
  }),
};

async function findTarget({ services, customer, consumer }: Call, serviceName: string): Promise<Account> {
  const target = await services.desks.accounts.byName(serviceName);
  const isOwn = target !== null && (target.id === customer.id || target.parentId === customer.id);
  const path = `/sms/${encodeURIComponent(serviceName)}/transferCredits`;
  if (!isOwn || !isGranted(consumer.key!.rules, 'POST', path)) throw unknownService();
  return target;
}
