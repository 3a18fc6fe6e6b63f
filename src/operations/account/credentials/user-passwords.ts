// Finds the user of an account name, a login and a password. Used by the listeners with passwords (http2sms, mail).
import type { Account } from '#domain/account/account.ts';
import { noAlert, type User } from '#domain/account/user.ts';
import { newSalt } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { findUserPassword, type UserWithPassword } from '#store/accounts/users.ts';
import type { JudgePassword } from './password-trials.ts';

interface SignedInUser {
  readonly account: Account;
  readonly user: User;
}

export interface UserCache {
  /**
   * Null when the account, the login or the password is wrong; `too-many` when the password was not checked because of
   * too many attempts from the client's `address` or for the login. Never checks whether the user may use that address.
   */
  authenticate(
    serviceName: string,
    login: string,
    password: string,
    address: string,
  ): Promise<SignedInUser | null | 'too-many'>;
}

export function createUserCache(
  context: Pick<Context, 'database' | 'clock'>,
  judge: JudgePassword,
  accountOf: (id: number) => Account | null | Promise<Account | null>,
): UserCache {
  const { query } = context.database;
  return {
    async authenticate(serviceName, login, password, address) {
      const found = (await findUserPassword(query, serviceName, login)) ?? nobody;
      const name = `user ${serviceName} ${login.toLowerCase()}`;
      const verdict = await judge({ name, password, address }, found);
      if (verdict === 'too-many') return verdict;
      if (!verdict || found === nobody) return null;
      const account = await accountOf(found.accountId);
      return account && { account, user: found.user };
    },
  };
}

/** An unknown login takes as long as a known one. */
const nobody: UserWithPassword = {
  accountId: 0,
  salt: newSalt(),
  hash: newSalt(),
  user: { id: 0, login: '', allowedIps: [], quotaMicros: null, alert: noAlert },
};
