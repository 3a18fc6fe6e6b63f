// Refusals that only a mail in Octopush's form has (docs/dialects/octopush.md#mail-to-sms). Used by request.ts. All other
// refusals have one form for a mail, in dialects/shared/mail-refusals.ts.

import { MailRefusal } from '#dialects/shared/mail-refusals.ts';

export const frameMissing = () =>
  new MailRefusal(
    'frame-missing',
    'The parameters are not in a frame. Write them between start=start& and &end=end.',
  );

export const frameOpen = () =>
  new MailRefusal(
    'frame-open',
    'The frame of the body has no &end=end. The mail may be cut off; send it again.',
  );

export const requestIdMissing = () =>
  new MailRefusal('request-id-missing', 'The request_id is missing. Send one that was never used before.');

export const requestIdMalformed = () =>
  new MailRefusal('request-id-malformed', 'The request_id is malformed. Use 12 to 30 letters and digits.');
