// Maps the status of an SMS to OVH's `deliveryReceipt` and `ptt` (docs/dialects/ovh.md#history, the main table).
// Used by lists, exports and callbacks, which must agree.

import { isUnknownNumber } from '#dialects/shared/carrier-error.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { SentMessage } from '#domain/delivery/history.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';

export const deliveryReceipts = {
  pending: 0,
  delivered: 1,
  failed: 2,
  waiting: 4,
  notBilled: 16,
} as const;

/** Without 8 (buffered), which carriers do not report separately. */
export type DeliveryReceipt = (typeof deliveryReceipts)[keyof typeof deliveryReceipts];

export interface Delivery {
  readonly deliveryReceipt: DeliveryReceipt;
  readonly ptt: number;
}

/** Texts of `descriptionDlr` and of the column of the same name. */
export const deliveryNames: Readonly<Record<DeliveryReceipt, string>> = {
  0: 'Pending',
  1: 'Delivered',
  2: 'Failed',
  4: 'Waiting',
  16: 'Error, not billed',
};

const ptts: Readonly<Record<MessageStatus, number>> = {
  accepted: 0,
  submitted: 3,
  delivered: 4,
  undelivered: 5,
  expired: 8,
  // Cannot be delivered in this form.
  rejected: 20,
  // Cancelled by the operator: content not permitted. SMS that the customer cancelled are not listed.
  cancelled: 29,
  unknown: 6,
};

const badNumberPtt = 23;

export function deliveryOf({
  status,
  error,
  wasTaken,
}: Pick<SentMessage, 'status' | 'error' | 'wasTaken'>): Delivery {
  const isBadNumber = error === optedOutError || isUnknownNumber(error);
  return { deliveryReceipt: receiptOf(status, wasTaken), ptt: isBadNumber ? badNumberPtt : ptts[status] };
}

function receiptOf(status: MessageStatus, wasTaken: boolean): DeliveryReceipt {
  switch (status) {
    case 'accepted':
    case 'submitted':
      return deliveryReceipts.pending;
    case 'delivered':
      return deliveryReceipts.delivered;
    case 'rejected':
    case 'expired':
    case 'cancelled':
      return wasTaken ? deliveryReceipts.failed : deliveryReceipts.notBilled;
    case 'undelivered':
    case 'unknown':
      return deliveryReceipts.failed;
  }
}

/** Whether the SMS waits for its date: OVH calls it a job. */
export function isWaiting(
  { status, dueAtMs }: Pick<SentMessage, 'status' | 'dueAtMs'>,
  nowMs: number,
): boolean {
  return status === 'accepted' && dueAtMs > nowMs;
}
