// A person signs in on a page: with the e-mail of an account and its API key (docs/decisions/0015-signing-in-for-keys.md).
// Nothing is remembered of it: each form that does something carries both. Attempts are counted, by the address they come
// from and by the e-mail they name; beyond a bound, even a right key is not looked at for a while.
import type { Account } from '#domain/account/account.ts';
import { hashSecret, isSameHash } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { grantAccount } from '#operations/access/grant.ts';
import type { Context } from '#pipeline/context.ts';
import { findByCredential } from '#store/accounts/accounts.ts';
import { giveAttemptBack, takeAttempt } from '#store/accounts/sign-in-attempts.ts';

export interface SignIn {
  readonly email: string;
  readonly apiKey: string;
  /** Of the person's machine, as far as we see it. */
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
/** More than from one address, so that nobody is locked out of his account by somebody else so soon. */
const maxForEmail = 100;

export async function signIn(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  { email, apiKey, address }: SignIn,
): Promise<Account | SignInFailure> {
  const nowMs = clock.now();
  const bounds = [
    { subject: hashSecret(`address ${address}`), most: maxFromAddress },
    { subject: hashSecret(`e-mail ${email.toLowerCase()}`), most: maxForEmail },
  ];
  for (const { subject, most } of bounds)
    if ((await takeAttempt(query, subject, nowMs - windowMs, nowMs)) > most) return 'too-many';
  const found = await findByCredential(query, 'octopush', email);
  const given = hashSecret(apiKey);
  if (found === null || !found.secrets.some((secret) => isSameHash(secret, given))) return 'wrong';
  for (const { subject } of bounds) await giveAttemptBack(query, subject);
  return found.account.status === 'active' ? found.account : 'not-active';
}
