// Access values: the proof that a caller was authenticated, for one account or for the whole installation.
// Used by every service as the first parameter of its methods. Only access/grant.ts makes them (import-rules.ts).
import type { Account } from '#domain/account/account.ts';
import type { Member } from '#domain/account/member.ts';
import type { Actor } from '#domain/base/audit.ts';

/** `owner`, `editor` and `viewer` are members who signed in; `key` is a program with a key of the account. */
export type AccountRole = 'owner' | 'editor' | 'viewer' | 'key' | 'operator';

declare const granted: unique symbol;

/** Access to one account. `account` is a copy that may be up to ten seconds old. */
export interface AccountAccess {
  readonly account: Account;
  readonly actor: Actor;
  readonly role: AccountRole;
  /** Of the person who is signed in; null: a program, or an operator at the command line. */
  readonly memberId: number | null;
  readonly [granted]: true;
}

/** The session of a person in the console. */
export interface SessionFacts {
  readonly id: number;
  readonly createdAtMs: number;
  /** Stays valid for 30 days, not 12 hours. */
  readonly isLong: boolean;
  /** Opened by a one-time link: a password can be set without the old one. */
  readonly canSetPassword: boolean;
  /** The account whose whole numbers an operator or a viewer asked to see; null: none, or the time is over. */
  readonly showsNumbersOf: number | null;
}

/** Access of a person who signed in, to their own profile. Accounts are opened from it. */
export interface MemberAccess {
  readonly member: Member;
  readonly session: SessionFacts;
  readonly actor: Actor;
  readonly role: 'member';
  readonly [granted]: true;
}

/** Access of an operator of this installation, to everything. */
export interface OperatorAccess {
  readonly actor: Actor;
  readonly role: 'operator';
  readonly [granted]: true;
}
