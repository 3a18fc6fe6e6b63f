// The range of slots, and the errors of recipient lists, which name the parameter of the list. Used by jobs, batches, slots,
// phonebooks and look-ups.

import { ListError } from '#domain/recipients/recipient-list.ts';
import { DownloadError } from '#lib/net/http-download.ts';
import { CsvError } from '#lib/text/csv-reader.ts';
import { badParameter } from './errors.ts';

/** The range of slot numbers (docs/dialects/ovh.md#receivers-csv-files-and-documents). */
export const firstSlot = 1;
export const lastSlot = 9;

/**
 * `field`: the parameter of the list. The message ends with the line number, because OVH's UI reads it there
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
