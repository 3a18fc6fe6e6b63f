// Reads the numbers of a submission by one rule for single campaigns, lists, batches and drafts. Used by the plan and by
// operations that read a long list in slices. Refuses single recipients, never a submission.

import type { Refusal } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { invalidNumber, notMobile, unknownCountry } from './recipient-refusals.ts';

/** A recipient whose number was read, or the reason why it gets no message. */
export type ReadRecipient =
  | {
      readonly ok: true;
      readonly submitted: SubmittedRecipient;
      /** E.164 digits as a number. */
      readonly msisdn: number;
      /** ISO 3166 alpha-2. Overseas departments have their own codes (RE, GP, MQ, GF, YT …). */
      readonly country: string;
    }
  | { readonly ok: false; readonly submitted: SubmittedRecipient; readonly refusal: Refusal };

/** The fields of a submission that affect the reading of numbers. */
export type NumberRule = Pick<Submission, 'readsNationalNumbers'>;

export function readRecipients(submission: Submission, defaultCountry: string | null): ReadRecipient[] {
  return submission.recipients.map((recipient) => readRecipient(recipient, submission, defaultCountry));
}

/** `defaultCountry` is that of the account. It also decides which digits are refused as national. */
export function readRecipient(
  submitted: SubmittedRecipient,
  { readsNationalNumbers }: NumberRule,
  defaultCountry: string | null,
): ReadRecipient {
  const nationals = readsNationalNumbers === false ? 'refused' : 'read';
  const read = readMsisdn(submitted.number, defaultCountry, nationals);
  if (read.ok) return { ok: true, submitted, msisdn: read.msisdn, country: read.country };
  switch (read.problem) {
    case 'not-a-number':
      return { ok: false, submitted, refusal: invalidNumber };
    case 'unknown-prefix':
      return { ok: false, submitted, refusal: unknownCountry };
    case 'not-mobile':
      return { ok: false, submitted, refusal: notMobile };
  }
}
