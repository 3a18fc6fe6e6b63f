// Finds the user of an account name, a login and a password. Used by the listeners with passwords (http2sms, mail).
// A password is hashed slowly once, and recognized without that while its stored hash stays the same. New attempts are
// counted for each login; beyond a limit, no password is checked for a while.
import type { Account } from '#domain/account/account.ts';
import { noAlert, type User } from '#domain/account/user.ts';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { hashCode, hashSecret, hashSecretHex, isSameHash, newSalt } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';
import { findUserPassword, type PasswordHash, type UserWithPassword } from '#store/accounts/users.ts';

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

const maxRemembered = 20_000;
const windowMs = 15 * 60_000;
/** Uncached attempts for one login within that time. */
const maxForLogin = 100;
/** From one address. More than on the pages of keys: a mail relay or a proxy has many customers behind one address. */
const maxFromAddress = 60;

type Verdict = boolean | 'too-many';

interface Attempt {
  /** By account and login. */
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

export function createUserCache(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  accountOf: (id: number) => Account | null | Promise<Account | null>,
): UserCache {
  // A cached value of a password must be useless elsewhere.
  const pepper = newSalt().toString('hex');
  const verdicts = new ExpiringCache<string, Promise<Verdict>>({ maxEntries: maxRemembered });

  /**
   * Concurrent attempts with one password share the work. The login is part of the key: otherwise one password for many
   * logins would take less time for unknown logins.
   */
  function judge(attempt: Attempt, known: PasswordHash): Promise<Verdict> {
    const { name, password } = attempt;
    const key = hashSecretHex(`${pepper}${known.hash.toString('hex')}${name}\0${password}`);
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = tryOut(attempt, known);
      verdicts.set(key, verdict);
      verdict.then(
        (judged) => judged === 'too-many' && verdicts.delete(key),
        () => verdicts.delete(key),
      );
    }
    return verdict;
  }

  async function tryOut(
    { name, password, address }: Attempt,
    { salt, hash }: PasswordHash,
  ): Promise<Verdict> {
    const nowMs = clock.now();
    const bounds = [
      { subject: hashSecret(`password from ${address}`), most: maxFromAddress },
      { subject: hashSecret(name), most: maxForLogin },
    ];
    for (const { subject, most } of bounds)
      if ((await takeAttempt(query, subject, nowMs - windowMs, nowMs)).attempts > most) return 'too-many';
    const isSame = isSameHash(await hashCode(password, salt), hash);
    if (isSame) for (const { subject } of bounds) await giveAttemptBack(query, subject);
    return isSame;
  }

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
