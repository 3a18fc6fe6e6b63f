// To whom a job goes (protocols/ovh.md 5): the numbers it names.
import type { Submission } from '#domain/submission.ts';
import { cleanText } from '../text-bytes.ts';
import { badParameter, OvhError } from './errors.ts';

export interface ReceiversInput {
  readonly receivers?: readonly string[];
  readonly receiversDocumentUrl?: string;
  readonly receiversSlotId?: string;
}

export type Receivers = Pick<Submission, 'recipients' | 'readsNationalNumbers'>;

/** One call is one transaction, and is held in memory whole. */
const maxReceivers = 50_000;

/** Numbers with their country code: local ones fail at OVH too (protocols/ovh.md 12.5). */
export function readReceivers(input: ReceiversInput): Receivers {
  const { receivers = [], receiversDocumentUrl, receiversSlotId } = input;
  if (receiversDocumentUrl || receiversSlotId)
    throw new OvhError(501, 'This platform does not serve lists of receivers yet: name them in receivers');
  if (receivers.length === 0) throw badParameter('receivers', 'Name at least one receiver');
  if (receivers.length > maxReceivers)
    throw badParameter('receivers', `At most ${maxReceivers} receivers in one call`);
  const recipients = receivers.map((receiver) => ({ number: cleanText(receiver).trim() }));
  return { recipients, readsNationalNumbers: false };
}
