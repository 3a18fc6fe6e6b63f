// Answers the known restrictions of carriers for a receiver. Used by clients that ask before they send. Always an empty list.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { badParameter } from '#dialects/ovh/api/errors.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

export const exceptionAnswers: Answers = {
  // Carriers do not publish their rules: the history of an SMS has its refusal (docs/dialects/ovh.md#calls-of-options).
  'GET /sms/{serviceName}/exceptions': answer<{ receiver: string }>(({ access, input }) => {
    // A query decodes an unescaped plus to a blank.
    const written = input.receiver.replace(/^ (?=\d)/, '+');
    if (!readMsisdn(written, access.account.settings.defaultCountry).ok)
      throw badParameter('receiver', 'A number is needed with its country code, as in +33612345678');
    return [];
  }),
};
