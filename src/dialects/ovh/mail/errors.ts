// Refusals that only a mail in OVH's form has (docs/dialects/ovh.md#mail-to-sms). Used by request.ts and session.ts. All
// other refusals have one form for a mail, in dialects/shared/mail-refusals.ts.

import type { OriginProblem } from '#dialects/ovh/sending.ts';
import { MailRefusal } from '#dialects/shared/mail-refusals.ts';

const form = 'Write account:login:password:sender:receivers as the subject.';

export const itemMissing = (item: string) =>
  new MailRefusal('item-missing', `The ${item} is missing. ${form}`);

export const textMissing = () =>
  new MailRefusal('item-missing', 'The text is missing. Write it at the beginning of the body.');

export const deferredInvalid = () =>
  new MailRefusal(
    'item-invalid',
    'The date of sending is invalid. Write hhmmddMMYYYY, such as 183025122026.',
  );

export const classInvalid = () =>
  new MailRefusal('item-invalid', 'The class is invalid. A class is 0, 1, 2 or 3.');

export function originInvalid(problem: OriginProblem): MailRefusal {
  switch (problem) {
    case 'web-address':
      return new MailRefusal(
        'item-invalid',
        'A text with a web address cannot be sent from a short code. Give a sender, or remove the address.',
      );
    case 'unnamed':
      return new MailRefusal(
        'sender-unknown',
        'There is no short code, and the account has several senders or none. Give a sender.',
      );
    case 'unknown':
      return new MailRefusal('sender-unknown', 'The sender does not exist. Create it first.');
    case 'not-enabled':
      return new MailRefusal('sender-unknown', 'The sender is not enabled. Enable it, or give another one.');
  }
}
