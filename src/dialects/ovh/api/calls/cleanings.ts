// Starts cleanings of slots and reports their progress (docs/dialects/ovh.md#receivers-csv-files-and-documents).
// Used by call-table.ts.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { type InScope, inScopes, ofAccountAndUsers, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';

interface CleanInput extends InScope {
  readonly slotId: number;
  readonly freemium: boolean;
  readonly priceOnly: boolean;
}

export const cleaningAnswers: Answers = {
  ...inScopes(ofAccountAndUsers, {
    'POST /receivers/{slotId}/clean': answer<CleanInput>(async (call) => {
      const { services, access, input } = call;
      const { userId = null } = await scopeOf(call);
      const slot = { userId, slot: input.slotId };
      const order = { looksUp: !input.freemium, isQuote: input.priceOnly };
      const ordered = await services.slotCleanings.order(access, slot, order);
      if (ordered === null) throw unknownObject();
      if (ordered === 'busy') throw new OvhRefusal(409, 'This slot is being cleaned');
      return {
        // A price inquiry has no task.
        taskId: ordered.id ?? 0,
        totalCreditsRemoved: toCredits(ordered.costMicros, services.credit.creditPriceMicros(access)),
      };
    }),
  }),

  'GET /sms/{serviceName}/task': answer<{ status?: string }>(({ services, access, input }) =>
    services.slotCleanings.list(access, input.status ?? null),
  ),

  'GET /sms/{serviceName}/task/{taskId}': answer<{ taskId: number }>(async ({ services, access, input }) => {
    const cleaning = await services.slotCleanings.read(access, input.taskId);
    if (cleaning === null) throw unknownObject();
    const { id, status, step } = cleaning;
    return { taskId: id, function: 'cleanSmsReceivers', status, step };
  }),
};
