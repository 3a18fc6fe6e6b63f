// Lists of receivers that a call names instead of numbers: where they come from, and what is wrong with them, told as wrong
// with the parameter that named them. Serves jobs, batches, slots and look-ups.

import type { Account } from '#domain/account/account.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import type { SlotKey } from '#domain/recipients/recipient-slot.ts';
import { DownloadError } from '#lib/net/http-download.ts';
import { CsvError } from '#lib/text/csv-reader.ts';
import { badParameter } from './errors.ts';

/** Where a list comes from. */
export type ListSource =
  | { readonly kind: 'url'; readonly url: string }
  /** An uploaded file of this customer. */
  | { readonly kind: 'document'; readonly customer: Account; readonly id: string }
  | { readonly kind: 'slot'; readonly key: SlotKey };

/** Slots have these numbers (docs/dialects/ovh.md#receivers-csv-files-and-documents). */
export const firstSlot = 1;
export const lastSlot = 9;

export function slotKeyOf({ bucket, id }: Account, userId: number | null, slot: number): SlotKey {
  return { bucket, accountId: id, userId, slot };
}

/**
 * `field` named the list; the message of an error ends in the line, where OVH's UI reads it
 * (docs/dialects/ovh.md#how-it-answers).
 */
export async function tellingListErrors<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ListError && error.fault === 'text') throw badParameter('message', error.message);
    const isOfList =
      error instanceof ListError || error instanceof CsvError || error instanceof DownloadError;
    throw isOfList ? badParameter(field, error.message) : error;
  }
}
