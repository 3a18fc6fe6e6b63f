// Checks passwords against their slow hashes, with limits of attempts for each login and each address. Used by
// user-passwords.ts and bind-passwords.ts. A password is hashed slowly once, and recognized without that while its stored
// hash stays the same.
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { hashCode, hashSecret, hashSecretHex, isSameHash, newSalt } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';

/** `too-many`: the password was not checked. */
type Verdict = boolean | 'too-many';

interface PasswordAttempt {
  /** The login within its family, in one spelling. */
  readonly name: string;
  readonly password: string;
  /** Of the client. */
  readonly address: string;
}

interface StoredHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Concurrent attempts with one password share the work. */
export type JudgePassword = (attempt: PasswordAttempt, known: StoredHash) => Promise<Verdict>;

const maxRemembered = 20_000;
const windowMs = 15 * 60_000;
/** Uncached attempts for one login within that time. */
const maxForLogin = 100;
/** From one address. More than on the pages of keys: a mail relay or a proxy has many customers behind one address. */
const maxFromAddress = 60;

export function createPasswordJudge({
  database: { query },
  clock,
}: Pick<Context, 'database' | 'clock'>): JudgePassword {
  // A cached value of a password must be useless elsewhere.
  const pepper = newSalt().toString('hex');
  const verdicts = new ExpiringCache<string, Promise<Verdict>>({ maxEntries: maxRemembered });

  async function tryOut(
    { name, password, address }: PasswordAttempt,
    { salt, hash }: StoredHash,
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

  return (attempt, known) => {
    const { name, password } = attempt;
    // The login is part of the key: otherwise one password for many logins would take less time for unknown logins.
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
  };
}
