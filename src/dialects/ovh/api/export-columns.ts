// Writes histories as CSV (docs/dialects/ovh.md#history): a header, then a line for each SMS. Used by the exports.

import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { ReceivedReply, SentMessage } from '#domain/delivery/history.ts';
import { neutralizeCell } from '#lib/text/csv-formulas.ts';
import { deliveryNames, deliveryOf } from './delivery.ts';

export const sentHeader =
  'id;date;sender;receiver;ptt;operatorCode;descriptionDlr;tag;message;sentAt;deliveredAt\n';

/** `operatorCode` is empty: receipts do not name the network operator. */
export function renderSent(message: SentMessage): string {
  const { deliveryReceipt, ptt } = deliveryOf(message);
  const { id, createdAtMs, sender, msisdn, tag, text, submittedAtMs, status, doneAtMs } = message;
  return line(
    id,
    dateOf(createdAtMs),
    quoted(sender ?? ''),
    quoted(`+${msisdn}`),
    ptt,
    '',
    quoted(deliveryNames[deliveryReceipt]),
    quoted(tag ?? ''),
    quoted(text),
    dateOf(submittedAtMs),
    dateOf(status === 'delivered' ? doneAtMs : null),
  );
}

/** OVH documents the columns of sent SMS only; these have similar names. */
export const receivedHeader = 'id;date;sender;receiver;tag;message\n';

export function renderReceived({ id, atMs, msisdn, recipient, tag, text }: ReceivedReply): string {
  return line(id, dateOf(atMs), quoted(`+${msisdn}`), quoted(recipient), quoted(tag ?? ''), quoted(text));
}

function line(...cells: readonly (string | number)[]): string {
  return `${cells.join(';')}\n`;
}

function dateOf(atMs: number | null): string {
  return atMs === null ? '' : renderParisTime(atMs);
}

/** Texts are always quoted; a text that a spreadsheet would read as a formula begins with an apostrophe. */
function quoted(text: string): string {
  return `"${neutralizeCell(text).replaceAll('"', '""')}"`;
}
