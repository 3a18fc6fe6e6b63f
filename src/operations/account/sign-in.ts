// Signs a person in on a page by the e-mail and an API key of an account (docs/decisions/0015-signing-in-for-keys.md).
// Each form with an action contains both; who is signed in to the console needs neither. Attempts are counted by their address and by their e-mail;
// beyond a limit, no key is checked for a while.
import type { Account } from '#domain/account/account.ts';
import { hashSecret, isSameHash } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { grantAccount } from '#operations/access/grant.ts';
import type { Context } from '#pipeline/context.ts';
import { findByCredential } from '#store/accounts/accounts.ts';
import { giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';

interface SignIn {
  readonly email: string;
  readonly apiKey: string;
  /** Address of the person's machine, as far as it is known. */
  readonly address: string;
}

export type SignInFailure = 'wrong' | 'not-active' | 'too-many';

/** Signing in on a page, with the e-mail and an API key of an account. Used by the pages of OVH's keys. */
export interface SignIns {
  signIn(order: SignIn): Promise<AccountAccess | SignInFailure>;
}

export function createSignIns(context: Pick<Context, 'database' | 'clock'>): SignIns {
  return {
    async signIn(order) {
      const account = await signIn(context, order);
      if (typeof account === 'string') return account;
      return grantAccount(account, { actor: `key:octopush:${order.email}`, address: order.address }, 'owner');
    },
  };
}

const windowMs = 15 * 60_000;
const maxFromAddress = 20;
/** Higher than the limit of one address, so that one attacker does not lock the account soon. */
const maxForEmail = 100;

async function signIn(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  { email, apiKey, address }: SignIn,
): Promise<Account | SignInFailure> {
  const nowMs = clock.now();
  const bounds = [
    { subject: hashSecret(`address ${address}`), most: maxFromAddress },
    { subject: hashSecret(`e-mail ${email.toLowerCase()}`), most: maxForEmail },
  ];
  for (const { subject, most } of bounds)
    if ((await takeAttempt(query, subject, nowMs - windowMs, nowMs)).attempts > most) return 'too-many';
  const found = await findByCredential(query, 'octopush', email);
  const given = hashSecret(apiKey);
  if (found === null || !found.secrets.some((secret) => isSameHash(secret, given))) return 'wrong';
  for (const { subject } of bounds) await giveAttemptBack(query, subject);
  return found.account.status === 'active' ? found.account : 'not-active';
}
