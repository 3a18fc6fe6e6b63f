// Refusals about an account, its credentials, its settings and its sub-accounts. Used by the services of accounts.
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';

export function credentialsWrong(): RefusedError {
  return new RefusedError(
    'credentials-wrong',
    'No account has this login and key. Check both for typing errors.',
  );
}

/** The password of a user was not checked. */
export function tooManyAttempts(): RefusedError {
  return new RefusedError(
    'credentials-wrong',
    'Too many wrong passwords came from this address or for this login. Try again in a quarter of an hour.',
  );
}

export function userUnknown(): RefusedError {
  return new RefusedError(
    'credentials-wrong',
    'No user has this account, login and password. Check them for typing errors.',
  );
}

export function accountDisabled(): RefusedError {
  return new RefusedError('account-blocked', 'This account is disabled. Ask the operator of the platform.');
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
