// Keys of an account for the operator: creates one for a dialect, finds one by an id or a secret, revokes one. Used by the
// operator's service of accounts. A secret is returned once; only hashes and sealed secrets are stored.
import { type Account, defaultSmppSettings } from '#domain/account/account.ts';
import { changeUserUrls } from '#domain/account/callback-urls.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashCode, hashSecret, newSalt, randomToken } from '#lib/security/secrets.ts';
import {
  findKeyBySecret,
  type ListedKey,
  listAccountKeys,
  readOctopushLogin,
  revokeCredential,
} from '#store/accounts/account-keys.ts';
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

/** Refuses an unknown dialect and a closed account. */
export async function addKey(
  query: Query,
  seal: Seal,
  account: Account,
  dialect: string,
  nowMs: number,
): Promise<NewKey> {
  const add = creators.get(dialect);
  if (add === undefined)
    throw new OperatorRefusal(`"${dialect}" is not a dialect with keys: ${[...creators.keys()].join(', ')}`);
  if (account.status === 'closed')
    throw new OperatorRefusal(`${account.serviceName} is closed and gets no keys`);
  return add(query, account, nowMs, seal);
}

type CreateKey = (query: Query, account: Account, nowMs: number, seal: Seal) => Promise<NewKey>;

const creators: ReadonlyMap<string, CreateKey> = new Map<string, CreateKey>([
  ['octopush', addOctopushKey],
  ['ovh', addOvhKey],
  ['http2sms', addUser],
  ['smpp', addBindKey],
]);

async function addOvhKey(query: Query, account: Account, nowMs: number, seal: Seal): Promise<NewKey> {
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

async function addOctopushKey(query: Query, { id, email }: Account, nowMs: number): Promise<NewKey> {
  const userLogin = (await readOctopushLogin(query, id)) ?? email;
  const apiKey = randomToken(32);
  await insertCredential(query, id, 'octopush', userLogin, hashSecret(apiKey), nowMs);
  return { dialect: 'octopush', userLogin, apiKey };
}

async function addBindKey(query: Query, account: Account, nowMs: number): Promise<NewKey> {
  const bind = await newBindPassword();
  const systemId = await insertBindPassword(query, account, bind, nowMs);
  if (account.settings.smpp === null) await updateSettings(query, account.id, { smpp: defaultSmppSettings });
  return { dialect: 'smpp', systemId, password: bind.password };
}

async function addUser(query: Query, account: Account, nowMs: number): Promise<NewKey> {
  const password = randomToken(16);
  const salt = newSalt();
  const hash = await hashCode(password, salt);
  for (let number = 1; ; number++) {
    const login = `user${number}`;
    if ((await insertUser(query, account, login, { salt, hash }, nowMs)) !== null)
      return { dialect: 'http2sms', serviceName: account.serviceName, login, password };
  }
}

/** The id of the key that is no secret. */
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

/** `written`: an id of the list, an identifier, or the secret. Refuses an unknown key. */
export async function findKey(query: Query, account: Account, written: string): Promise<ListedKey> {
  const keys = await listAccountKeys(query, account);
  const secretId = await findKeyBySecret(query, account.id, hashSecret(written));
  const key =
    keys.find(({ id }) => id === written) ??
    keys.find(({ id }) => id === secretId) ??
    // An Octopush login or a system_id identifies every key of the account, so it selects none.
    keys.find(
      ({ dialect, identifier }) => dialect !== 'octopush' && dialect !== 'smpp' && identifier === written,
    );
  if (key === undefined)
    throw new OperatorRefusal(
      `${account.serviceName} has no key of this id or secret; see chappe account show ${account.serviceName}`,
    );
  return key;
}

export async function revokeKey(
  query: Query,
  account: Account,
  key: ListedKey,
  nowMs: number,
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
