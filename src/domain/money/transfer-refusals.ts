// Refusals of credit transfers: in two steps to a sub-account, or immediate between accounts of one customer. Used by the
// services of transfers and credit.
import { RefusedError } from '#domain/base/refusals.ts';

export function transferBySubAccount(): RefusedError {
  return new RefusedError('feature-unavailable', 'A sub-account cannot transfer credit.');
}

export function recipientUnnamed(): RefusedError {
  return new RefusedError(
    'transfer-recipient-invalid',
    'Give the login of the sub-account to credit, which is an e-mail address.',
  );
}

export function recipientBlocked(): RefusedError {
  return new RefusedError(
    'transfer-recipient-blocked',
    'This sub-account is blocked. Ask the operator of the platform.',
  );
}

export function transferAlreadyOpen(minutes: number): RefusedError {
  return new RefusedError(
    'transfer-already-open',
    `A transfer is open already; end it, or wait ${minutes} minutes.`,
  );
}

export function tokenWrong(): RefusedError {
  return new RefusedError('transfer-token-wrong', 'The token is wrong or too old; ask for another.');
}

export function tokenOfAnotherRecipient(): RefusedError {
  return new RefusedError('transfer-recipient-foreign', 'The token was given for another sub-account.');
}

export function transferTooSmall(): RefusedError {
  return new RefusedError('transfer-too-small', 'The amount is too small. Transfer at least one SMS.');
}

export function transferUnaffordable(): RefusedError {
  return new RefusedError('credit-insufficient', 'The credit does not cover this transfer. Transfer less.');
}

/** Refusals of immediate transfers have the sentences that OVH's clients know, without a full stop. */
export function moveFromDisabled(): RefusedError {
  return new RefusedError('account-blocked', 'This account is disabled');
}

export function moveToDisabled(): RefusedError {
  return new RefusedError('transfer-recipient-blocked', 'The target account is disabled');
}

export function moveDuringTransfer(): RefusedError {
  return new RefusedError('transfer-open', 'Credit of this account is being transferred');
}

export function moveUnaffordable(): RefusedError {
  return new RefusedError('credit-insufficient', 'Not enough credits for this transfer');
}

/** The amount exceeds the credit of every account; the dialect has the sentence. */
export function moveTooLarge(): RefusedError {
  return new RefusedError('credit-insufficient');
}
