// A new account with its first credit and the keys that open it. The keys are shown once: only hashes are kept.
import type { Account, AccountSettings } from '#domain/account.ts';
import { defaultSettings } from '#domain/account.ts';
import { hashSecret, randomToken } from '#lib/secrets.ts';
import { insertAccount, insertCredential } from '#store/accounts.ts';
import { insertTopUp } from '#store/ledger.ts';
import { notify } from '#store/notices.ts';
import type { Context } from './context.ts';

export interface NewAccountOrder {
  readonly email: string;
  readonly name: string;
  readonly creditMicros: bigint;
  /** Where receipts, replies and opt-outs are pushed. */
  readonly callbackUrl: string | null;
}

export interface CreatedAccount {
  readonly account: Account;
  readonly octopush: { readonly userLogin: string; readonly apiKey: string };
}

/** Null when there is an account with this e-mail already. */
export async function createAccount(
  context: Pick<Context, 'database' | 'clock'>,
  order: NewAccountOrder,
): Promise<CreatedAccount | null> {
  const nowMs = context.clock.now();
  const apiKey = randomToken(32);
  const account = await context.database.transaction(async (query) => {
    const created = await insertAccount(
      query,
      {
        bucket: 0,
        email: order.email,
        name: order.name,
        serviceName: `sms-${randomToken(7).toLowerCase()}-1`,
        settings: settingsFor(order.callbackUrl),
      },
      nowMs,
    );
    if (created === null) return null;
    await insertCredential(query, created.id, 'octopush', order.email, hashSecret(apiKey), nowMs);
    if (order.creditMicros !== 0n)
      await insertTopUp(
        query,
        created.bucket,
        created.id,
        'top_up',
        order.creditMicros,
        'first credit',
        nowMs,
      );
    await notify(query, 'accounts');
    return created;
  });
  return account && { account, octopush: { userLogin: order.email, apiKey } };
}

function settingsFor(callbackUrl: string | null): Partial<AccountSettings> {
  if (callbackUrl === null) return {};
  return {
    callbacks: {
      ...defaultSettings.callbacks,
      receiptUrl: callbackUrl,
      replyUrl: callbackUrl,
      optOutUrl: callbackUrl,
    },
  };
}
