// A customer's keys of the OVH dialect: their own applications, and the consumer keys that they have validated for any
// application. New secrets are returned once; only sealed secrets and hashes are stored. A notice reports every change to
// all processes.
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

type Needs = Pick<Context, 'database' | 'clock'>;
type SealedNeeds = Needs & { readonly seal: Seal };

/** Records the change in its transaction. `target` names the changed row. */
export type RecordChange = (query: Query, target: string) => Promise<void>;

export interface ApplicationOrder {
  readonly name: string;
  readonly description: string;
}

export interface TokenOrder extends ApplicationOrder {
  readonly rules: readonly ConsumerKeyRule[];
  readonly allowedIps: readonly string[];
  /** Null: it never expires. */
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
  services: SealedNeeds,
  account: Account,
  order: ApplicationOrder,
  record: RecordChange,
): Promise<ApplicationKeys> {
  return services.database.transaction(async (query) => {
    const { keys } = await insert(services, query, account, order);
    await record(query, keys.applicationKey);
    return keys;
  });
}

/** Creates an application with a consumer key that is validated for its customer immediately. */
export function createToken(
  services: SealedNeeds,
  account: Account,
  { lifetimeMs, rules, allowedIps, ...order }: TokenOrder,
  record: RecordChange,
): Promise<TokenKeys> {
  const nowMs = services.clock.now();
  const consumerKey = randomToken(32);
  return services.database.transaction(async (query) => {
    const { id, keys } = await insert(services, query, account, order);
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
    await record(query, keys.applicationKey);
    return { ...keys, consumerKey };
  });
}

async function insert(
  { clock, seal }: SealedNeeds,
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

/** An application of the account, or one that it has validated a key for; null otherwise. */
export async function readKnownApplication(
  { database: { query } }: Needs,
  account: Account,
  id: number,
): Promise<Application | null> {
  const application = await readApplication(query, id);
  if (application === null || application.accountId === account.id) return application;
  return (await hasConsumerKey(query, account.id, id)) ? application : null;
}

/** Deletes the application with all keys validated for it. False for an unknown id. */
export function dropApplication(
  { database, clock }: Needs,
  account: Account,
  id: number,
  record: RecordChange,
): Promise<boolean> {
  return noticed(database, async (query) => {
    const isDropped = await deleteApplication(query, account.id, id, clock.now());
    if (!isDropped) return false;
    await deleteKeysOfApplication(query, id);
    await record(query, `application ${id}`);
    return true;
  });
}

/** Without blocks: any address. False for an unknown id. */
export function restrictKey(
  { database }: Needs,
  account: Account,
  id: number,
  allowedIps: readonly string[],
  record: RecordChange,
): Promise<boolean> {
  return noticed(database, async (query) => {
    const isDone = await restrictConsumerKey(query, account.id, id, allowedIps);
    if (isDone) await record(query, `key ${id}`);
    return isDone;
  });
}

/** False for an unknown id. */
export function dropKey(
  { database }: Needs,
  account: Account,
  id: number,
  record: RecordChange,
): Promise<boolean> {
  return noticed(database, async (query) => {
    const isDone = await deleteConsumerKey(query, account.id, id);
    if (isDone) await record(query, `key ${id}`);
    return isDone;
  });
}

/** The key is kept as an expired one. */
export function endKey({ database }: Needs, id: number): Promise<void> {
  return noticed(database, (query) => endConsumerKey(query, id));
}

/** Every process invalidates its cached keys. */
function noticed<T>(database: Needs['database'], work: (query: Query) => Promise<T>): Promise<T> {
  return database.transaction(async (query) => {
    const result = await work(query);
    await notify(query, 'accounts');
    return result;
  });
}
