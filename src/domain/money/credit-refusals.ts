// Refusals of a submission that an account or a user cannot pay. Used by the acceptance of campaigns and lists.
import { RefusedError } from '#domain/base/refusals.ts';

/** Refuses with transfer-open, credit-ordered or credit-insufficient, the first that applies. */
export function outOfCredit(account: {
  readonly isTransferOpen: boolean;
  /** Credit was ordered, and its payment is not confirmed. */
  readonly isOrdered: boolean;
}): RefusedError {
  if (account.isTransferOpen)
    return new RefusedError(
      'transfer-open',
      'Credit of this account is being transferred. Confirm or cancel the transfer, or wait for its end.',
    );
  if (account.isOrdered)
    return new RefusedError(
      'credit-ordered',
      'The available credit does not cover this campaign, and the payment of the ordered credit is not confirmed. Wait for the confirmation.',
    );
  return new RefusedError(
    'credit-insufficient',
    'The available credit does not cover this campaign. Add credit or send to fewer recipients.',
  );
}

/** The quota of the user does not cover the campaign. */
export function quotaExceeded(): RefusedError {
  return new RefusedError(
    'credit-insufficient',
    'The quota of this user does not cover this campaign. Increase the quota or send to fewer recipients.',
  );
}

/** A campaign in several parts is refused if the credit does not cover all parts. */
export function wholeCampaignUnaffordable(): RefusedError {
  return new RefusedError(
    'credit-insufficient',
    'The credit does not cover this campaign. Add credit or send to fewer recipients.',
  );
}

/** A quota for a user exceeds the available credit of the account. */
export function quotaUnaffordable(): RefusedError {
  return new RefusedError('credit-insufficient', 'The quota is above the credits that the account has left.');
}
