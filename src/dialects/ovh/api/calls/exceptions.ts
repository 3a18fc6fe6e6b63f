// Rules of operators that are known for a receiver. Serves clients that look before they send.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { badParameter } from '#dialects/ovh/api/errors.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

export const exceptionAnswers: Answers = {
  // No carrier tells its rules beforehand: a refusal is in the history of the SMS (docs/dialects/ovh.md#calls-of-options).
  'GET /sms/{serviceName}/exceptions': answer<{ receiver: string }>(({ account, input }) => {
    // A plus that became a blank in a query is put back.
    const written = input.receiver.replace(/^ (?=\d)/, '+');
    if (!readMsisdn(written, account.settings.defaultCountry).ok)
      throw badParameter('receiver', 'A number is needed with its country code, as in +33612345678');
    return [];
  }),
};
