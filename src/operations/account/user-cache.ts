// From the name of an account, a login and a password to the user. Serves the doors that open by them (http2sms, mail).
// A password is hashed slowly once, and known again at once for as long as the hash that is kept of it is the same. What is
// tried anew is counted for each login; beyond a bound, even a right password is not looked at for a while.
import type { Account } from '#domain/account/account.ts';
import { noAlert, type User } from '#domain/account/user.ts';
import { hashCode, hashSecret, hashSecretHex, isSameHash, newSalt } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';
import { findUserPassword, type PasswordHash, type UserWithPassword } from '#store/accounts/users.ts';

export interface SignedInUser {
  readonly account: Account;
  readonly user: User;
}

export interface UserCache {
  /** Null when the account, the login or the password is wrong. Whether he may come from where he comes is not asked. */
  authenticate(serviceName: string, login: string, password: string): Promise<SignedInUser | null>;
}

const maxRemembered = 20_000;
const windowMs = 15 * 60_000;
/** Passwords tried of one login within that time that no process remembers. */
const maxAttempts = 100;

export function createUserCache(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  accountOf: (id: number) => Account | null | Promise<Account | null>,
): UserCache {
  // What is remembered of a password must be of no use elsewhere.
  const pepper = newSalt().toString('hex');
  const verdicts = new Map<string, Promise<boolean>>();

  /** Two who try the same one at once share the work. */
  function isRight(name: string, password: string, known: PasswordHash): Promise<boolean> {
    const key = hashSecretHex(`${pepper}${known.hash.toString('hex')}${password}`);
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      if (verdicts.size >= maxRemembered) verdicts.clear();
      verdict = tryOut(name, password, known, () => verdicts.delete(key));
      verdicts.set(key, verdict);
      verdict.catch(() => verdicts.delete(key));
    }
    return verdict;
  }

  async function tryOut(
    name: string,
    password: string,
    { salt, hash }: PasswordHash,
    forget: () => void,
  ): Promise<boolean> {
    const subject = hashSecret(name);
    const nowMs = clock.now();
    if ((await takeAttempt(query, subject, nowMs - windowMs, nowMs)) > maxAttempts) {
      forget();
      return false;
    }
    const isSame = isSameHash(await hashCode(password, salt), hash);
    if (isSame) await giveAttemptBack(query, subject);
    return isSame;
  }

  return {
    async authenticate(serviceName, login, password) {
      const found = (await findUserPassword(query, serviceName, login)) ?? nobody;
      const name = `user ${serviceName} ${login.toLowerCase()}`;
      if (!(await isRight(name, password, found)) || found === nobody) return null;
      const account = await accountOf(found.accountId);
      return account && { account, user: found.user };
    },
  };
}

/** A login that is not there takes as long as one that is. */
const nobody: UserWithPassword = {
  accountId: 0,
  salt: newSalt(),
  hash: newSalt(),
  user: { id: 0, login: '', allowedIps: [], quotaMicros: null, alert: noAlert },
};
