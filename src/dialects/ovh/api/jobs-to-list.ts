// Sends jobs to lists: fetched from an address, or loaded into a slot (docs/dialects/ovh.md#receivers-csv-files-and-documents).
// Used by the jobs. All or nothing; the report is that of any job.
import type { ListSubmission } from '#domain/acceptance/list-submission.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { ListSource } from '#operations/sending/recipient-lists/service.ts';
import type { OvhServices } from './call-context.ts';
import { badParameter } from './errors.ts';
import type { ReceiversInput } from './job-receivers.ts';
import { firstSlot, lastSlot, tellingListErrors } from './recipient-list-source.ts';
import type { Scope } from './resource-scope.ts';
import { type SendingReport, withoutRepeats } from './sending-report.ts';

/** A list and its parameter. */
export interface NamedList {
  readonly field: string;
  readonly source: ListSource;
}

/** Null: the job has the numbers themselves. */
export function readNamedList(
  { receivers = [], receiversDocumentUrl = '', receiversSlotId = '' }: ReceiversInput,
  { userId }: Scope,
): NamedList | null {
  const url = receiversDocumentUrl.trim();
  const slot = receiversSlotId.trim();
  if (url === '' && slot === '') return null;
  if (receivers.length > 0 || (url !== '' && slot !== ''))
    throw badParameter('receivers', 'Give only one of receivers, receiversDocumentUrl and receiversSlotId');
  if (url !== '') return { field: 'receiversDocumentUrl', source: { kind: 'url', url } };
  return namedSlot('receiversSlotId', userId ?? null, slot);
}

/** A slot from its number as text. */
export function namedSlot(field: string, userId: number | null, slot: string): NamedList {
  const number = Number(slot);
  if (!(Number.isInteger(number) && number >= firstSlot && number <= lastSlot))
    throw badParameter(field, `Slots are numbered ${firstSlot} to ${lastSlot}`);
  return { field, source: { kind: 'slot', userId, slot: number } };
}

export async function submitListJob(
  { recipientLists, credit }: Pick<OvhServices, 'recipientLists' | 'credit'>,
  access: AccountAccess,
  order: ListSubmission,
  { field, source }: NamedList,
): Promise<SendingReport> {
  const report = await tellingListErrors(field, () => recipientLists.submit(access, order, source));
  if (report === null) throw badParameter(field, 'The slot is empty');
  return {
    totalCreditsRemoved: toCredits(report.costMicros, credit.creditPriceMicros(access)),
    invalidReceivers: withoutRepeats(report.failures),
    ids: report.messageIds,
    validReceivers: report.msisdns.map((msisdn) => `+${msisdn}`),
    tag: order.label?.tag ?? '',
  };
}
