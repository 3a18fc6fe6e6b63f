// What became of an SMS, in OVH's two numbers: `deliveryReceipt` and `ptt` (docs/dialects/ovh.md#history, the main table).
// Serves lists, exports and callbacks, which must agree.

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

/** 8, buffered, is not among them: no carrier tells it apart. */
export type DeliveryReceipt = (typeof deliveryReceipts)[keyof typeof deliveryReceipts];

export interface Delivery {
  readonly deliveryReceipt: DeliveryReceipt;
  readonly ptt: number;
}

/** How `descriptionDlr` and the column of the same name tell it. */
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
  // By the operator: content not permitted. What its customer called off is not shown.
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

/** Its time has not come: OVH calls it a job. */
export function isWaiting(
  { status, dueAtMs }: Pick<SentMessage, 'status' | 'dueAtMs'>,
  nowMs: number,
): boolean {
  return status === 'accepted' && dueAtMs > nowMs;
}
