// Jobs whose receivers are a list: fetched from an address, or loaded into a slot before
// (docs/dialects/ovh.md#receivers-csv-files-and-documents). To all of it or to nobody; the report is that of any job.
import type { Account } from '#domain/account/account.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import type { ListOrder } from '#pipeline/submit-recipient-list.ts';
import type { OvhServices } from './call-context.ts';
import { badParameter } from './errors.ts';
import type { ReceiversInput } from './job-receivers.ts';
import {
  firstSlot,
  type ListSource,
  lastSlot,
  slotKeyOf,
  tellingListErrors,
} from './recipient-list-source.ts';
import type { Scope } from './resource-scope.ts';
import { type SendingReport, withoutRepeats } from './sending-report.ts';

/** A list, and the parameter that named it. */
export interface NamedList {
  readonly field: string;
  readonly source: ListSource;
}

/** Null when a job names its receivers one by one. */
export function readNamedList(
  account: Account,
  { receivers = [], receiversDocumentUrl = '', receiversSlotId = '' }: ReceiversInput,
  { userId }: Scope,
): NamedList | null {
  const url = receiversDocumentUrl.trim();
  const slot = receiversSlotId.trim();
  if (url === '' && slot === '') return null;
  if (receivers.length > 0 || (url !== '' && slot !== ''))
    throw badParameter(
      'receivers',
      'Name receivers in one way: receivers, receiversDocumentUrl or receiversSlotId',
    );
  if (url !== '') return { field: 'receiversDocumentUrl', source: { kind: 'url', url } };
  return namedSlot('receiversSlotId', account, userId ?? null, slot);
}

/** A slot by its number as text. */
export function namedSlot(field: string, account: Account, userId: number | null, slot: string): NamedList {
  const number = Number(slot);
  if (!(Number.isInteger(number) && number >= firstSlot && number <= lastSlot))
    throw badParameter(field, `Slots are numbered ${firstSlot} to ${lastSlot}`);
  return { field, source: { kind: 'slot', key: slotKeyOf(account, userId, number) } };
}

export async function submitListJob(
  { desks }: Pick<OvhServices, 'desks'>,
  account: Account,
  order: ListOrder,
  { field, source }: NamedList,
): Promise<SendingReport> {
  const report = await tellingListErrors(field, () => desks.lists.submit(account, order, source));
  if (report === null) throw badParameter(field, 'There is no list in this slot');
  return {
    totalCreditsRemoved: toCredits(report.costMicros, desks.accounts.creditPriceMicros(account)),
    invalidReceivers: withoutRepeats(report.failures),
    ids: report.messageIds,
    validReceivers: report.msisdns.map((msisdn) => `+${msisdn}`),
    tag: order.label?.tag ?? '',
  };
}
