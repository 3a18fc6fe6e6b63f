// Why a sending is not paid for. Serves the submission, which asks for the particulars only then.
import { RefusedError } from '#domain/base/refusals.ts';

/** Refuses with transfer-open, credit-ordered or credit-insufficient, the first that holds. */
export function outOfCredit(account: {
  readonly isTransferOpen: boolean;
  /** Credit was ordered, and its payment is not confirmed. */
  readonly isOrdered: boolean;
}): RefusedError {
  if (account.isTransferOpen)
    return new RefusedError('transfer-open', 'credit is being transferred; end the transfer, or wait');
  if (account.isOrdered)
    return new RefusedError(
      'credit-ordered',
      'the credit does not cover this sending, and what was ordered is not confirmed yet',
    );
  return new RefusedError(
    'credit-insufficient',
    'the credit does not cover this sending; top up, or send to fewer recipients',
  );
}
