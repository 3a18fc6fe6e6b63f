// Moves credit between two accounts of one customer immediately. Used by the OVH dialect.
//
// Promises: both entries or none; never more than the available credit; concurrent moves in both directions never
// deadlock.
// Refusals: account-blocked, transfer-recipient-blocked, transfer-open, credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import {
  moveDuringTransfer,
  moveFromDisabled,
  moveToDisabled,
  moveUnaffordable,
} from '#domain/money/transfer-refusals.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { giveCredit, isTransferOpen, lockBalances, takeCredit } from '#store/money/transfers.ts';

/** The caller checks that both accounts are of one customer. */
export async function moveCredit(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  from: Account,
  to: Account,
  amountMicros: bigint,
  record: (query: Query) => Promise<void>,
): Promise<void> {
  if (from.status !== 'active') throw moveFromDisabled();
  if (to.status !== 'active') throw moveToDisabled();
  const nowMs = clock.now();
  await database.transaction(async (query) => {
    await lockBalances(query, [from, to]);
    // Credit that an open Octopush transfer can take is reserved for its recipient.
    if (await isTransferOpen(query, from, nowMs)) throw moveDuringTransfer();
    const left = await takeCredit(query, from, amountMicros, `to ${to.serviceName}`, nowMs);
    if (left === null) throw moveUnaffordable();
    await giveCredit(query, to, amountMicros, `from ${from.serviceName}`, nowMs);
    await record(query);
  });
}
