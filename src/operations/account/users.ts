// The users of an account: created, changed, deleted. A quota is taken from the account's available credit, and can be
// returned at any time.
// Refusals: option-invalid (an address for callbacks), credit-insufficient (a quota beyond the account's credit).

import type { Account, UserUrls } from '#domain/account/account.ts';
import { optionInvalid } from '#domain/account/account-refusals.ts';
import { changeUserUrls, urlProblems } from '#domain/account/callback-urls.ts';
import type { User, UserAlert } from '#domain/account/user.ts';
import { quotaUnaffordable } from '#domain/money/credit-refusals.ts';
import { judgeCallbackUrl } from '#lib/net/address-guard.ts';
import { hashCode, newSalt } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { lockAccount, readAccount, updateSettings } from '#store/accounts/accounts.ts';
import {
  deleteUser,
  findUser,
  insertUser,
  listLogins,
  type PasswordHash,
  updateUser,
} from '#store/accounts/users.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { lockMoney, setQuota } from '#store/money/quotas.ts';
import { emptyUserSlots } from '#store/recipients/recipient-slots.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface UserWithUrls extends UserUrls {
  readonly user: User;
}

/** An absent field is not changed. */
export interface UserOrder {
  readonly password?: string | undefined;
  readonly allowedIps?: readonly string[] | undefined;
  readonly alert?: Partial<UserAlert> | undefined;
  readonly urls?: Partial<UserUrls> | undefined;
  /** Calculates the new quota from the current one; null: no quota. */
  readonly quota?: ((now: bigint | null) => bigint | null) | undefined;
}

export interface Users {
  list(access: AccountAccess): Promise<readonly string[]>;
  read(access: AccountAccess, login: string): Promise<UserWithUrls | null>;
  /** False if the login is taken. */
  create(access: AccountAccess, login: string, password: string): Promise<boolean>;
  /** All changes or none. False for an unknown login. */
  edit(access: AccountAccess, login: string, order: UserOrder): Promise<boolean>;
  /** The rest of the quota returns to the account. */
  remove(access: AccountAccess, login: string): Promise<boolean>;
}

export interface UserNeeds {
  readonly allowPrivateCallbacks: boolean;
}

export function createUsers(context: Needs, { allowPrivateCallbacks }: UserNeeds): Users {
  return {
    list: async (access) => listLogins(context.database.query, authorize(access, 'users.read')),
    read: async (access, login) => readUser(context, authorize(access, 'users.read'), login),
    create: (access, login, password) => createUser(context, access, login, password),
    edit: (access, login, order) => editUser({ ...context, allowPrivateCallbacks }, access, login, order),
    remove: (access, login) => removeUser(context, access, login),
  };
}

async function createUser(
  { database, clock }: Needs,
  access: AccountAccess,
  login: string,
  password: string,
): Promise<boolean> {
  const account = authorize(access, 'users.write');
  const hashed = await hashPassword(password);
  return database.transaction(async (query) => {
    if ((await insertUser(query, account, login, hashed, clock.now())) === null) return false;
    await auditChange(query, access, { action: 'user.created', target: login }, clock.now());
    return true;
  });
}

async function readUser(
  { database }: Pick<Context, 'database'>,
  account: Account,
  login: string,
): Promise<UserWithUrls | null> {
  const user = await findUser(database.query, account, login);
  if (user === null) return null;
  // The account of the access value can be ten seconds old.
  const { callbacks } = (await readAccount(database.query, account.id))!.settings;
  const { receiptUrl = null, optOutUrl = null } = callbacks.userUrls[user.id] ?? {};
  return { user, receiptUrl, optOutUrl };
}

async function editUser(
  { database, clock, allowPrivateCallbacks }: Needs & UserNeeds,
  access: AccountAccess,
  login: string,
  order: UserOrder,
): Promise<boolean> {
  const account = authorize(access, 'users.write');
  const { urls = {}, quota } = order;
  for (const url of Object.values(urls)) if (url !== null) await assertCallable(url, allowPrivateCallbacks);
  const password = order.password === undefined ? undefined : await hashPassword(order.password);
  return database.transaction(async (query) => {
    if (quota !== undefined) await lockMoney(query, account.bucket, [account.id]);
    const user = await findUser(query, account, login);
    if (user === null) return false;
    const alert = order.alert && { ...user.alert, ...order.alert };
    await updateUser(query, account, user.id, { password, alert, allowedIps: order.allowedIps });
    if (quota !== undefined) await give(query, account, user, quota(user.quotaMicros), clock.now());
    if (Object.keys(urls).length > 0) await editUrls(query, account, user, urls);
    await auditChange(query, access, { action: 'user.changed', target: login }, clock.now());
    return true;
  });
}

async function removeUser(
  { database, clock }: Needs,
  access: AccountAccess,
  login: string,
): Promise<boolean> {
  const account = authorize(access, 'users.write');
  return database.transaction(async (query) => {
    await lockMoney(query, account.bucket, [account.id]);
    const user = await findUser(query, account, login);
    if (user === null) return false;
    await give(query, account, user, null, clock.now());
    await editUrls(query, account, user, null);
    await emptyUserSlots(
      query,
      { bucket: account.bucket, accountId: account.id, userId: user.id },
      clock.now(),
    );
    await deleteUser(query, account, user.id);
    await auditChange(query, access, { action: 'user.removed', target: login }, clock.now());
    return true;
  });
}

async function give(
  query: Query,
  account: Account,
  user: User,
  quotaMicros: bigint | null,
  nowMs: number,
): Promise<void> {
  if (!(await setQuota(query, account, user.id, quotaMicros, nowMs))) throw quotaUnaffordable();
}

async function editUrls(
  query: Query,
  account: Account,
  user: User,
  urls: Partial<UserUrls> | null,
): Promise<void> {
  const { callbacks } = (await lockAccount(query, account.id))!.settings;
  await updateSettings(query, account.id, { callbacks: changeUserUrls(callbacks, user.id, urls) });
  await notify(query, 'accounts');
}

async function assertCallable(written: string, allowPrivate: boolean): Promise<void> {
  const verdict = await judgeCallbackUrl(written, allowPrivate);
  if (verdict !== 'callable') throw optionInvalid(urlProblems[verdict]);
}

async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = newSalt();
  return { salt, hash: await hashCode(password, salt) };
}
