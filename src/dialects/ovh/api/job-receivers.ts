// Reads the receivers of a job (docs/dialects/ovh.md#sending). Used by the jobs and the batches.

import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import { badParameter } from './errors.ts';

export interface ReceiversInput {
  readonly receivers?: readonly string[];
  readonly receiversDocumentUrl?: string;
  readonly receiversSlotId?: string;
}

export type Receivers = Pick<Submission, 'recipients' | 'readsNationalNumbers'>;

/** One call is one transaction and is in memory as a whole. */
export const maxReceivers = 50_000;

/** Requires country codes, as OVH does, unless the account setting accepts local numbers (docs/dialects/ovh.md#sending). */
export function readReceivers({ settings }: Account, { receivers = [] }: ReceiversInput): Receivers {
  const recipients = readNumbers('receivers', receivers).map((number) => ({ number }));
  return { recipients, readsNationalNumbers: settings.readsNationalReceivers };
}

/** The numbers as sent; the plan checks them. */
export function readNumbers(field: string, written: readonly string[]): string[] {
  if (written.length === 0) throw badParameter(field, 'Give at least one receiver');
  if (written.length > maxReceivers)
    throw badParameter(field, `At most ${maxReceivers} receivers in one call`);
  return written.map((number) => cleanText(number).trim());
}
