import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { deliveryNames, deliveryOf, isWaiting } from './delivery.ts';
import { ptts } from './ptts.ts';

type Told = readonly [deliveryReceipt: number, ptt: number];

/** Without a reason; with a carrier that had it, and without. */
const expected: Readonly<Record<MessageStatus, readonly [taken: Told, kept: Told]>> = {
  accepted: [
    [0, 0],
    [0, 0],
  ],
  submitted: [
    [0, 3],
    [0, 3],
  ],
  delivered: [
    [1, 4],
    [1, 4],
  ],
  undelivered: [
    [2, 5],
    [2, 5],
  ],
  expired: [
    [2, 8],
    [16, 8],
  ],
  rejected: [
    [2, 20],
    [16, 20],
  ],
  cancelled: [
    [2, 29],
    [16, 29],
  ],
  unknown: [
    [2, 6],
    [2, 6],
  ],
};

test('every status has a deliveryReceipt with a name and a ptt that GET ptts explains', () => {
  for (const status of Object.keys(messageStatusCodes) as MessageStatus[])
    for (const [i, wasTaken] of [true, false].entries()) {
      const { deliveryReceipt, ptt } = deliveryOf({ status, error: null, wasTaken });
      assert.deepEqual([deliveryReceipt, ptt], expected[status][i], `${status}, ${wasTaken}`);
      assert.ok(deliveryNames[deliveryReceipt]);
      assert.ok(ptts[ptt]);
    }
});

test('an invalid number and an opted-out number have the same codes: wrong or blacklisted', () => {
  for (const [status, error] of [
    ['rejected', 'ESME_RINVDSTADR'],
    ['cancelled', optedOutError],
  ] as const)
    assert.deepEqual(deliveryOf({ status, error, wasTaken: false }), { deliveryReceipt: 16, ptt: 23 });
});

test('an SMS waits until it is due, or has an end before', () => {
  assert.equal(isWaiting({ status: 'accepted', dueAtMs: 2 }, 1), true);
  assert.equal(isWaiting({ status: 'accepted', dueAtMs: 2 }, 2), false);
  assert.equal(isWaiting({ status: 'cancelled', dueAtMs: 2 }, 1), false);
});
