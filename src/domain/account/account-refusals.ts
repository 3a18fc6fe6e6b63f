// Refusals about an account, its credentials, its settings and its sub-accounts. Used by the services of accounts.
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';

export function credentialsWrong(): RefusedError {
  return new RefusedError(
    'credentials-wrong',
    'No account has this login and key. Check both for typing errors.',
  );
}

/** An account with this status cannot be used. */
export function accountUnusable(status: 'closed' | 'blocked' | 'not-validated'): RefusedError {
  const reason: RefusalReason = status === 'not-validated' ? 'account-not-validated' : 'account-blocked';
  const state = status === 'not-validated' ? 'not validated yet' : status;
  return new RefusedError(reason, `This account is ${state}. Ask the operator of the platform.`);
}

/** `detail` is a sentence about the fault of the value. */
export function optionInvalid(detail: string): RefusedError {
  return new RefusedError('option-invalid', detail);
}

export function repliesUnanswered(): RefusedError {
  return optionInvalid('Give a text for the automatic answer, or an address for the callback.');
}

export function subAccountOfSubAccount(): RefusedError {
  return new RefusedError('feature-unavailable', 'A sub-account cannot have sub-accounts.');
}

export function tooManySubAccounts(most: number): RefusedError {
  return new RefusedError(
    'sub-accounts-too-many',
    `An account has at most ${most} sub-accounts. Ask the operator for more.`,
  );
}

export function noSuchSubAccount(): RefusedError {
  return new RefusedError('transfer-recipient-foreign', 'No sub-account of this account has this e-mail.');
}
