// Access values: the proof that a caller was authenticated, for one account or for the whole installation.
// Used by every service as the first parameter of its methods. Only access/grant.ts makes them (import-rules.ts).
import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';

/** `owner`, `editor` and `viewer` are members who signed in; `key` is a program with a key of the account. */
export type AccountRole = 'owner' | 'editor' | 'viewer' | 'key' | 'operator';

declare const granted: unique symbol;

/** Access to one account. `account` is a copy that may be up to ten seconds old. */
export interface AccountAccess {
  readonly account: Account;
  readonly actor: Actor;
  readonly role: AccountRole;
  readonly [granted]: true;
}

/** Access of an operator of this installation, to everything. */
export interface OperatorAccess {
  readonly actor: Actor;
  readonly role: 'operator';
  readonly [granted]: true;
}
