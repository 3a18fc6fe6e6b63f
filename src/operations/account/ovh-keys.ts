// The keys a customer has for OVH's dialect: applications of his own, and the consumer keys he has validated, whoever's
// application they are for. What he makes here is shown once: of secrets, only sealed ones and hashes are kept. Every change
// is noticed by all processes.
import type { Account } from '#domain/account/account.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type Application,
  deleteApplication,
  insertApplication,
  readApplication,
} from '#store/accounts/applications.ts';
import {
  type ConsumerKeyRule,
  deleteConsumerKey,
  deleteKeysOfApplication,
  endConsumerKey,
  hasConsumerKey,
  insertConsumerKey,
  restrictConsumerKey,
} from '#store/accounts/consumer-keys.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';

type House = Pick<Context, 'database' | 'clock'>;
type SealedHouse = House & { readonly seal: Seal };

export interface ApplicationOrder {
  readonly name: string;
  readonly description: string;
}

export interface TokenOrder extends ApplicationOrder {
  readonly rules: readonly ConsumerKeyRule[];
  readonly allowedIps: readonly string[];
  /** Null: it never ends. */
  readonly lifetimeMs: number | null;
}

export interface ApplicationKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
}

export interface TokenKeys extends ApplicationKeys {
  readonly consumerKey: string;
}

export async function createApplication(
  house: SealedHouse,
  account: Account,
  order: ApplicationOrder,
): Promise<ApplicationKeys> {
  return (await insert(house, house.database.query, account, order)).keys;
}

/** An application with a consumer key for it, validated at once: its maker is its customer. */
export function createToken(
  house: SealedHouse,
  account: Account,
  { lifetimeMs, rules, allowedIps, ...order }: TokenOrder,
): Promise<TokenKeys> {
  const nowMs = house.clock.now();
  const consumerKey = randomToken(32);
  return house.database.transaction(async (query) => {
    const { id, keys } = await insert(house, query, account, order);
    const key = {
      applicationId: id,
      accountId: account.id,
      status: 'validated' as const,
      rules,
      allowedIps,
      redirection: null,
      expiresAtMs: lifetimeMs === null ? null : nowMs + lifetimeMs,
      keySha256: hashSecret(consumerKey),
      validationSha256: null,
    };
    await insertConsumerKey(query, key, nowMs);
    return { ...keys, consumerKey };
  });
}

async function insert(
  { clock, seal }: SealedHouse,
  query: Query,
  account: Account,
  { name, description }: ApplicationOrder,
): Promise<{ id: number; keys: ApplicationKeys }> {
  const keys = { applicationKey: randomToken(16), applicationSecret: randomToken(32) };
  const application = {
    accountId: account.id,
    key: keys.applicationKey,
    sealedSecret: seal.close(keys.applicationSecret),
    name,
    description,
  };
  return { id: await insertApplication(query, application, clock.now()), keys };
}

/** Of his own, or one that he has validated a key for; null otherwise. */
export async function readKnownApplication(
  { database: { query } }: House,
  account: Account,
  id: number,
): Promise<Application | null> {
  const application = await readApplication(query, id);
  if (application === null || application.accountId === account.id) return application;
  return (await hasConsumerKey(query, account.id, id)) ? application : null;
}

/** With all the keys that anybody has validated for it. False when he has none of this id. */
export function dropApplication({ database, clock }: House, account: Account, id: number): Promise<boolean> {
  return noticed(database, async (query) => {
    const isDropped = await deleteApplication(query, account.id, id, clock.now());
    if (isDropped) await deleteKeysOfApplication(query, id);
    return isDropped;
  });
}

/** No blocks: from anywhere. False when he has none of this id. */
export function restrictKey(
  { database }: House,
  account: Account,
  id: number,
  allowedIps: readonly string[],
): Promise<boolean> {
  return noticed(database, (query) => restrictConsumerKey(query, account.id, id, allowedIps));
}

/** False when he has none of this id. */
export function dropKey({ database }: House, account: Account, id: number): Promise<boolean> {
  return noticed(database, (query) => deleteConsumerKey(query, account.id, id));
}

/** It is remembered as one that has ended. */
export function endKey({ database }: House, id: number): Promise<void> {
  return noticed(database, (query) => endConsumerKey(query, id));
}

/** Every process forgets what it knows of keys. */
function noticed<T>(database: House['database'], work: (query: Query) => Promise<T>): Promise<T> {
  return database.transaction(async (query) => {
    const result = await work(query);
    await notify(query, 'accounts');
    return result;
  });
}
