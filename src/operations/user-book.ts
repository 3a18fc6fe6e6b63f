// From the name of an account, a login and a password to the user. Serves the doors that open by them (http2sms, mail).
// A password is hashed slowly once, and known again at once for as long as the hash that is kept of it is the same.
import type { Account } from '#domain/account.ts';
import { noAlert, type User } from '#domain/user.ts';
import { hashCode, hashSecretHex, isSameHash, newSalt } from '#lib/secrets.ts';
import { findUserPassword, type PasswordHash, type UserWithPassword } from '#store/users.ts';
import type { Context } from './context.ts';

export interface SignedInUser {
  readonly account: Account;
  readonly user: User;
}

export interface UserBook {
  /** Null when the account, the login or the password is wrong. Whether he may come from where he comes is not asked. */
  authenticate(serviceName: string, login: string, password: string): Promise<SignedInUser | null>;
}

const maxRemembered = 20_000;

export function createUserBook(
  { database }: Pick<Context, 'database'>,
  accountOf: (id: number) => Account | null | Promise<Account | null>,
): UserBook {
  // What is remembered of a password must be of no use elsewhere.
  const pepper = newSalt().toString('hex');
  const verdicts = new Map<string, Promise<boolean>>();

  /** Two who try the same one at once share the work. */
  function isRight(password: string, { salt, hash }: PasswordHash): Promise<boolean> {
    const key = hashSecretHex(`${pepper}${hash.toString('hex')}${password}`);
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      if (verdicts.size >= maxRemembered) verdicts.clear();
      verdict = hashCode(password, salt).then((made) => isSameHash(made, hash));
      verdicts.set(key, verdict);
      verdict.catch(() => verdicts.delete(key));
    }
    return verdict;
  }

  return {
    async authenticate(serviceName, login, password) {
      const found = (await findUserPassword(database.query, serviceName, login)) ?? nobody;
      if (!(await isRight(password, found)) || found === nobody) return null;
      const account = await accountOf(found.accountId);
      return account && { account, user: found.user };
    },
  };
}

/** A login that is not there takes as long as one that is. */
const nobody: Pick<UserWithPassword, 'accountId' | 'salt' | 'hash' | 'user'> = {
  accountId: 0,
  salt: newSalt(),
  hash: newSalt(),
  user: { id: 0, login: '', allowedIps: [], quotaMicros: null, alert: noAlert },
};
