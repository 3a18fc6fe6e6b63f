// A user of an account: a name with a password of its own, for a door or a person, with a share of the account's credit.

/** How a user's account is told that little is left for him. */
export type AlertMedia = 'mail' | 'sms' | 'both';

export interface UserAlert {
  /** In credits: the alert is given when no more than so many are left. Null: none is given. */
  readonly bound: number | null;
  /** Empty: none. */
  readonly email: string;
  readonly number: string;
  readonly media: AlertMedia;
}

export const noAlert: UserAlert = { bound: null, email: '', number: '', media: 'mail' };

export interface User {
  readonly id: number;
  readonly login: string;
  /** IPv4 addresses that the doors opened by his password may be used from; empty: any. */
  readonly allowedIps: readonly string[];
  /** What he may still spend of the account's credit; null: as much as the account. */
  readonly quotaMicros: bigint | null;
  readonly alert: UserAlert;
}
