// Adds and revokes the keys of an account, of each dialect. Shared by the services of operators and of owners, which write the
// audit entry and the notice. Refuses, as OperatorRefusal: an unknown dialect, a closed account.
import { type Account, defaultSmppSettings } from '#domain/account/account.ts';
import { changeUserUrls } from '#domain/account/callback-urls.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashCode, hashSecret, newSalt, randomToken } from '#lib/security/secrets.ts';
import { type ListedKey, readOctopushLogin, revokeCredential } from '#store/accounts/account-keys.ts';
import { insertCredential, lockAccount, updateSettings } from '#store/accounts/accounts.ts';
import { deleteApplication, insertApplication } from '#store/accounts/applications.ts';
import {
  deleteConsumerKey,
  deleteKeysOfApplication,
  insertConsumerKey,
} from '#store/accounts/consumer-keys.ts';
import { deleteUser, findUser, insertUser } from '#store/accounts/users.ts';
import type { Query } from '#store/database/database.ts';
import { lockMoney, setQuota } from '#store/money/quotas.ts';
import { emptyUserSlots } from '#store/recipients/recipient-slots.ts';
import { insertBindPassword, newBindPassword } from './bind-keys.ts';

/** Shown only once. */
export type NewKey =
  | { readonly dialect: 'octopush'; readonly userLogin: string; readonly apiKey: string }
  | {
      readonly dialect: 'ovh';
      readonly serviceName: string;
      readonly applicationKey: string;
      readonly applicationSecret: string;
      readonly consumerKey: string;
    }
  | {
      readonly dialect: 'http2sms';
      readonly serviceName: string;
      readonly login: string;
      readonly password: string;
    }
  | { readonly dialect: 'smpp'; readonly systemId: string; readonly password: string };

const dialects = ['octopush', 'ovh', 'http2sms', 'smpp'] as const;

export interface KeyContext {
  /** Of a transaction. */
  readonly query: Query;
  readonly seal: Seal;
  readonly nowMs: number;
}

export async function addKey(context: KeyContext, account: Account, dialect: string): Promise<NewKey> {
  if (!(dialects as readonly string[]).includes(dialect))
    throw new OperatorRefusal(`"${dialect}" is not a dialect with keys: ${dialects.join(', ')}`);
  if (account.status === 'closed')
    throw new OperatorRefusal(`${account.serviceName} is closed and gets no keys`);
  const add = { octopush: addOctopushKey, ovh: addOvhKey, http2sms: addUser, smpp: addBindKey };
  return add[dialect as keyof typeof add](context, account);
}

export function identifierOf(key: NewKey): string {
  switch (key.dialect) {
    case 'octopush':
      return key.userLogin;
    case 'ovh':
      return key.applicationKey;
    case 'http2sms':
      return key.login;
    case 'smpp':
      return key.systemId;
  }
}

async function addOvhKey({ query, seal, nowMs }: KeyContext, account: Account): Promise<NewKey> {
  const applicationKey = randomToken(16);
  const applicationSecret = randomToken(32);
  const consumerKey = randomToken(32);
  const application = {
    accountId: account.id,
    key: applicationKey,
    sealedSecret: seal.close(applicationSecret),
    name: 'chappe',
    description: 'made by the operator',
  };
  const key = {
    applicationId: await insertApplication(query, application, nowMs),
    accountId: account.id,
    status: 'validated' as const,
    rules: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((method) => ({ method, path: '/*' })),
    allowedIps: [],
    redirection: null,
    expiresAtMs: null,
    keySha256: hashSecret(consumerKey),
    validationSha256: null,
  };
  await insertConsumerKey(query, key, nowMs);
  return {
    dialect: 'ovh',
    serviceName: account.serviceName,
    applicationKey,
    applicationSecret,
    consumerKey,
  };
}

async function addOctopushKey({ query, nowMs }: KeyContext, { id, email }: Account): Promise<NewKey> {
  const userLogin = (await readOctopushLogin(query, id)) ?? email;
  const apiKey = randomToken(32);
  await insertCredential(query, id, 'octopush', userLogin, hashSecret(apiKey), nowMs);
  return { dialect: 'octopush', userLogin, apiKey };
}

async function addBindKey({ query, nowMs }: KeyContext, account: Account): Promise<NewKey> {
  const bind = await newBindPassword();
  const systemId = await insertBindPassword(query, account, bind, nowMs);
  if (account.settings.smpp === null) await updateSettings(query, account.id, { smpp: defaultSmppSettings });
  return { dialect: 'smpp', systemId, password: bind.password };
}

async function addUser({ query, nowMs }: KeyContext, account: Account): Promise<NewKey> {
  const password = randomToken(16);
  const salt = newSalt();
  const hash = await hashCode(password, salt);
  for (let number = 1; ; number++) {
    const login = `user${number}`;
    if ((await insertUser(query, account, login, { salt, hash }, nowMs)) !== null)
      return { dialect: 'http2sms', serviceName: account.serviceName, login, password };
  }
}

/** The rest of the user's quota returns to the account. */
async function dropUser(query: Query, account: Account, login: string, nowMs: number): Promise<void> {
  const { bucket, id: accountId } = account;
  await lockMoney(query, bucket, [accountId]);
  const user = await findUser(query, account, login);
  if (user === null) return;
  await setQuota(query, account, user.id, null, nowMs);
  const { callbacks } = (await lockAccount(query, accountId))!.settings;
  await updateSettings(query, accountId, { callbacks: changeUserUrls(callbacks, user.id, null) });
  await emptyUserSlots(query, { bucket, accountId, userId: user.id }, nowMs);
  await deleteUser(query, account, user.id);
}

export async function revokeKey(
  { query, nowMs }: Omit<KeyContext, 'seal'>,
  account: Account,
  key: ListedKey,
): Promise<void> {
  const id = Number(/\d+$/.exec(key.id)![0]);
  if (key.dialect === 'octopush' || key.dialect === 'smpp')
    await revokeCredential(query, account.id, id, nowMs);
  else if (key.dialect === 'http2sms') await dropUser(query, account, key.identifier, nowMs);
  else if (key.id.startsWith('ovh-consumer-')) await deleteConsumerKey(query, account.id, id);
  else {
    await deleteApplication(query, account.id, id, nowMs);
    await deleteKeysOfApplication(query, id);
  }
}
