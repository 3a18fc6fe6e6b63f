// To whom a job goes (docs/dialects/ovh.md#sending): the numbers it names.

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

/** One call is one transaction, and is held in memory whole. */
export const maxReceivers = 50_000;

/** Numbers with their country code, as at OVH, unless the account is set otherwise (docs/dialects/ovh.md#sending). */
export function readReceivers({ settings }: Account, { receivers = [] }: ReceiversInput): Receivers {
  const recipients = readNumbers('receivers', receivers).map((number) => ({ number }));
  return { recipients, readsNationalNumbers: settings.readsNationalReceivers };
}

/** As they are written; whether they are numbers is the plan's to say. */
export function readNumbers(field: string, written: readonly string[]): string[] {
  if (written.length === 0) throw badParameter(field, 'Name at least one receiver');
  if (written.length > maxReceivers)
    throw badParameter(field, `At most ${maxReceivers} receivers in one call`);
  return written.map((number) => cleanText(number).trim());
}
