// Histories as CSV files (docs/dialects/ovh.md#history): a header, then a line for each SMS. Serves the exports.

import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { ReceivedReply, SentMessage } from '#domain/delivery/history.ts';
import { neutralizeCell } from '#lib/text/csv-formulas.ts';
import { deliveryNames, deliveryOf } from './delivery.ts';

export const sentHeader =
  'id;date;sender;receiver;ptt;operatorCode;descriptionDlr;tag;message;sentAt;deliveredAt\n';

/** The code of the operator is empty: an SMS does not tell it. */
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

/** OVH tells the columns of what was sent only; these are named alike. */
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

/** Texts always are, whatever is in them; what a spreadsheet would take for a formula is marked as a text. */
function quoted(text: string): string {
  return `"${neutralizeCell(text).replaceAll('"', '""')}"`;
}
