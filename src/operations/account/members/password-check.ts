// Checks the password of a member, with the limits of attempts: 20 from an address and 100 for an e-mail in 15 minutes, and
// from the sixth wrong password for an e-mail on a pause of 1 s, 2 s, 4 s … 60 s. Unknown e-mails are treated the same, so that
// an answer does not say whether a member exists. Used by sign-in, invitations and the profile.
import type { Passwords } from '#lib/security/passwords.ts';
import { hashSecret } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { findMemberByEmail, type MemberSecrets, setMemberPassword } from '#store/accounts/members.ts';
import { blockAttempts, giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';

const windowMs = 15 * 60_000;
const maxFromAddress = 20;
/** Higher than the limit of one address, so that one attacker does not lock the member out soon. */
const maxForEmail = 100;
const freeTries = 5;
const maxPauseMs = 60_000;

export interface TooManyAttempts {
  readonly retryAfterMs: number;
}

export interface PasswordTry {
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

type Needs = Pick<Context, 'database' | 'clock'> & { readonly passwords: Passwords };

export async function checkPassword(
  { database: { query }, clock, passwords }: Needs,
  { email, password, address }: PasswordTry,
): Promise<MemberSecrets | 'wrong' | TooManyAttempts> {
  const nowMs = clock.now();
  const fromAddress = hashSecret(`address ${address}`);
  const forEmail = hashSecret(`e-mail ${email.toLowerCase()}`);
  const { attempts: ofAddress } = await takeAttempt(query, fromAddress, nowMs - windowMs, nowMs);
  const { attempts, blockedUntilMs } = await takeAttempt(query, forEmail, nowMs - windowMs, nowMs);
  if (ofAddress > maxFromAddress || attempts > maxForEmail) return { retryAfterMs: windowMs };
  if (blockedUntilMs !== null && blockedUntilMs > nowMs) return { retryAfterMs: blockedUntilMs - nowMs };
  const found = await findMemberByEmail(query, email);
  if (!(await passwords.isRight(found?.passwordHash ?? null, password)) || found === null) {
    if (attempts > freeTries)
      await blockAttempts(
        query,
        forEmail,
        nowMs + Math.min(maxPauseMs, 1000 * 2 ** (attempts - freeTries - 1)),
      );
    return 'wrong';
  }
  for (const subject of [fromAddress, forEmail]) await giveAttemptBack(query, subject);
  if (passwords.isOutdated(found.passwordHash!))
    await setMemberPassword(query, found.member.id, await passwords.hash(password));
  return found;
}
