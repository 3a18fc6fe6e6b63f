// Lists in slots are cleaned, and how far that is (protocols/ovh.md 5.3).
import { toCredits } from '#domain/credits.ts';
import { type Answers, answer } from '../call.ts';
import { OvhError, unknownObject } from '../errors.ts';
import { slotKeyOf } from '../lists.ts';
import { type InScope, inScopes, ofAccountAndUsers, scopeOf } from '../scope.ts';

interface CleanInput extends InScope {
  readonly slotId: number;
  readonly freemium: boolean;
  readonly priceOnly: boolean;
}

export const cleaningAnswers: Answers = {
  ...inScopes(ofAccountAndUsers, {
    'POST /receivers/{slotId}/clean': answer<CleanInput>(async (call) => {
      const { house, account, input } = call;
      const { userId = 0 } = await scopeOf(call);
      const key = slotKeyOf(account, userId || null, input.slotId);
      const order = { looksUp: !input.freemium, isQuote: input.priceOnly };
      const ordered = await house.desks.cleanings.order(account, key, order);
      if (ordered === null) throw unknownObject();
      if (ordered === 'busy') throw new OvhError(409, 'This slot is being cleaned');
      return {
        // Of a price alone there is nothing to ask for.
        taskId: ordered.id ?? 0,
        totalCreditsRemoved: toCredits(ordered.costMicros, house.desks.accounts.creditPriceMicros(account)),
      };
    }),
  }),

  'GET /sms/{serviceName}/task': answer<{ status?: string }>(({ house, account, input }) =>
    house.desks.cleanings.list(account, input.status ?? null),
  ),

  'GET /sms/{serviceName}/task/{taskId}': answer<{ taskId: number }>(async ({ house, account, input }) => {
    const cleaning = await house.desks.cleanings.read(account, input.taskId);
    if (cleaning === null) throw unknownObject();
    const { id, status, step } = cleaning;
    return { taskId: id, function: 'cleanSmsReceivers', status, step };
  }),
};
