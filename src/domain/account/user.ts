// A user of an account: a login with a password and an optional share of the account's credit, for a person or a protocol.
// Used by the OVH dialect and the listeners.

/** Transport of an alert about the quota of a user. */
export type AlertMedia = 'mail' | 'sms' | 'both';

export interface UserAlert {
  /** In credits: the alert is sent when at most this is left. Null: none. */
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
  /** IPv4 addresses from which the user's password is accepted; empty: any. */
  readonly allowedIps: readonly string[];
  /** Remaining quota of the account's credit; null: no limit of the user. */
  readonly quotaMicros: bigint | null;
  readonly alert: UserAlert;
}
