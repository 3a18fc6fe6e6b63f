// Creates an account with its first credit and its keys. The keys are returned once: only hashes are stored.
import type { Account, AccountSettings } from '#domain/account/account.ts';
import { defaultSettings, defaultSmppSettings } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashCode, hashSecret, newSalt, randomToken } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { insertAccount, insertCredential } from '#store/accounts/accounts.ts';
import { insertApplication } from '#store/accounts/applications.ts';
import { insertConsumerKey } from '#store/accounts/consumer-keys.ts';
import { insertUser } from '#store/accounts/users.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { insertTopUp } from '#store/money/ledger.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import { insertBindPassword, newBindPassword, systemIdOf } from './bind-keys.ts';

export interface NewAccountOrder {
  /** The operator, for the audit trail; absent: the platform, for its demo account. */
  readonly by?: Actor;
  readonly email: string;
  readonly name: string;
  readonly creditMicros: bigint;
  /** Callback address of receipts, replies and opt-outs. */
  readonly callbackUrl: string | null;
  /** Another account of the same customer, which can credit it. */
  readonly parent?: Account;
}

/** Keys that sign calls in the OVH dialect. */
export interface OvhKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

/** The first user of the account, for http2sms and mail. */
export interface UserKeys {
  readonly login: string;
  readonly password: string;
}

/** For binds of SMPP. */
export interface BindKeys {
  readonly systemId: string;
  readonly password: string;
}

export interface CreatedAccount {
  readonly account: Account;
  readonly octopush: { readonly userLogin: string; readonly apiKey: string };
  readonly ovh: OvhKeys;
  readonly user: UserKeys;
  readonly smpp: BindKeys;
}

const firstLogin = 'user1';

/** Null if an account has this e-mail already. */
export async function createAccount(
  context: Pick<Context, 'database' | 'clock'> & { readonly seal: Seal },
  order: NewAccountOrder,
): Promise<CreatedAccount | null> {
  const nowMs = context.clock.now();
  const apiKey = randomToken(32);
  const ovh = newOvhKeys();
  const user: UserKeys = { login: firstLogin, password: randomToken(16) };
  const salt = newSalt();
  const hash = await hashCode(user.password, salt);
  const bind = await newBindPassword();
  const account = await context.database.transaction(async (query) => {
    const created = await insertAccount(
      query,
      {
        bucket: order.parent?.bucket ?? 0,
        email: order.email,
        name: order.name,
        serviceName: `sms-${randomToken(7).toLowerCase()}-1`,
        settings: { ...settingsFor(order.callbackUrl), smpp: defaultSmppSettings },
        ...(order.parent && { parentId: order.parent.id }),
      },
      nowMs,
    );
    if (created === null) return null;
    await insertCredential(query, created.id, 'octopush', order.email, hashSecret(apiKey), nowMs);
    await insertOvhKeys(query, context.seal, created.id, ovh, nowMs);
    await insertUser(query, created, user.login, { salt, hash }, nowMs);
    await insertBindPassword(query, created, bind, nowMs);
    if (order.creditMicros !== 0n)
      await insertTopUp(
        query,
        created,
        { kind: 'top_up', amountMicros: order.creditMicros, note: 'first credit' },
        nowMs,
      );
    if (order.by !== undefined)
      await insertAuditEntry(
        query,
        {
          by: order.by,
          accountId: created.id,
          action: 'account.created',
          target: created.serviceName,
          before: null,
          after: { credit: formatEuro(order.creditMicros, 6), parent: order.parent?.serviceName ?? null },
        },
        nowMs,
      );
    await notify(query, 'accounts');
    return created;
  });
  if (account === null) return null;
  const smpp = { systemId: systemIdOf(account), password: bind.password };
  return { account, octopush: { userLogin: order.email, apiKey }, ovh, user, smpp };
}

/** Of the lengths that clients expect (docs/dialects/ovh.md#keys-and-signatures). */
function newOvhKeys(): OvhKeys {
  return {
    applicationKey: randomToken(16),
    applicationSecret: randomToken(32),
    consumerKey: randomToken(32),
  };
}

/** Creates an application of the account with a consumer key that can call everything and never expires. */
async function insertOvhKeys(
  query: Query,
  seal: Seal,
  accountId: number,
  { applicationKey, applicationSecret, consumerKey }: OvhKeys,
  nowMs: number,
): Promise<void> {
  const applicationId = await insertApplication(
    query,
    {
      accountId,
      key: applicationKey,
      sealedSecret: seal.close(applicationSecret),
      name: 'chappe',
      description: 'made with the account',
    },
    nowMs,
  );
  await insertConsumerKey(
    query,
    {
      applicationId,
      accountId,
      status: 'validated',
      rules: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((method) => ({ method, path: '/*' })),
      allowedIps: [],
      redirection: null,
      expiresAtMs: null,
      keySha256: hashSecret(consumerKey),
      validationSha256: null,
    },
    nowMs,
  );
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
