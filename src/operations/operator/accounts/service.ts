// Accounts for the operator: details, credit, keys, closing. Used by `chappe account`.
// A notice (`accounts`) reports every change to running processes. Secrets are shown once; only hashes and sealed secrets are stored.
// Refuses, as OperatorRefusal: an unknown account or key, an amount that is not above 0 or not available, a missing note.

import { type Account, defaultSmppSettings } from '#domain/account/account.ts';
import { changeUserUrls } from '#domain/account/callback-urls.ts';
import type { Actor } from '#domain/base/audit.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashCode, hashSecret, newSalt, randomToken } from '#lib/security/secrets.ts';
import { isEmail } from '#lib/text/email.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import {
  findKeyBySecret,
  type ListedKey,
  listAccountKeys,
  readOctopushLogin,
  revokeAllKeys,
  revokeCredential,
} from '#store/accounts/account-keys.ts';
import { insertCredential, lockAccount, setAccountStatus, updateSettings } from '#store/accounts/accounts.ts';
import { deleteApplication, insertApplication } from '#store/accounts/applications.ts';
import {
  deleteConsumerKey,
  deleteKeysOfApplication,
  insertConsumerKey,
} from '#store/accounts/consumer-keys.ts';
import { deleteUser, findUser, insertUser } from '#store/accounts/users.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { type Balance, insertTopUp, readBalance } from '#store/money/ledger.ts';
import { lockMoney, setQuota } from '#store/money/quotas.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import { emptyUserSlots } from '#store/recipients/recipient-slots.ts';
import { insertBindPassword, newBindPassword } from './bind-keys.ts';
import { type CreatedAccount, createAccount } from './create-account.ts';
import { readAccountSettings } from './setting-table.ts';
import { changeSettings } from './settings.ts';

export interface AccountDetails {
  readonly account: Account;
  readonly balance: Balance;
  readonly keys: readonly ListedKey[];
}

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

export interface OperatorAccounts {
  /** Creates an account with its first keys, which are returned only once. */
  create(access: OperatorAccess, order: NewAccount): Promise<CreatedAccount>;
  /** Access to the account, for an operator who acts for it. */
  find(access: OperatorAccess, name: string): Promise<Account>;
  /** `texts` by flag of setting-table.ts. Returns the service name, and the names of the changed settings. */
  set(
    access: OperatorAccess,
    name: string,
    texts: Readonly<Record<string, string>>,
  ): Promise<{ readonly account: string; readonly changed: readonly string[] }>;
  show(access: OperatorAccess, name: string): Promise<AccountDetails>;
  /** Revokes every key. Accepted messages are still sent, and all data is kept. False if it is closed already. */
  close(access: OperatorAccess, name: string, note: string | null): Promise<boolean>;
  addKey(access: OperatorAccess, name: string, dialect: string): Promise<NewKey>;
  /** `key` is an id of `show`, an OVH application key, a login of http2sms, or the leaked secret itself. Returns its id. */
  revokeKey(access: OperatorAccess, name: string, key: string): Promise<string>;
  addCredit(access: OperatorAccess, name: string, amount: string, note: string | null): Promise<Balance>;
  /** A correction; never below the credit that is held for messages and users. */
  takeCredit(access: OperatorAccess, name: string, amount: string, note: string): Promise<Balance>;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  /** In euro, such as `25.50`; undefined: none. */
  readonly credit: string | undefined;
  /** Callback address of receipts, replies and opt-outs. */
  readonly callbackUrl: string | null;
  /** The parent of this sub-account. */
  readonly parent: string | undefined;
}

const dialects = ['octopush', 'ovh', 'http2sms', 'smpp'] as const;
/** Far above any payment: a larger amount is a typing mistake, and can exceed the range of a balance. */
const mostMicros = 1_000_000_000_000_000n;

export function createOperatorAccounts({
  database,
  clock,
  seal,
}: Pick<Context, 'database' | 'clock'> & { readonly seal: Seal }): OperatorAccounts {
  /** A change of one account in one transaction, with its entry in the audit trail. */
  async function change<T>(
    by: Actor,
    name: string,
    work: (query: Query, account: Account, nowMs: number) => Promise<Change<T>>,
  ): Promise<T> {
    return database.transaction(async (query) => {
      const account = await requireAccountNamed(query, name);
      const nowMs = clock.now();
      const { result, ...entry } = await work(query, account, nowMs);
      if (entry.action === null) return result;
      const { action, target = account.serviceName, before = null, after = null } = entry;
      await insertAuditEntry(query, { by, accountId: account.id, action, target, before, after }, nowMs);
      await notify(query, 'accounts');
      return result;
    });
  }

  async function adjust(
    query: Query,
    account: Account,
    entry: { readonly kind: 'top_up' | 'adjustment'; readonly micros: bigint; readonly note: string | null },
    nowMs: number,
  ): Promise<Change<Balance>> {
    const before = await readBalance(query, account);
    const { kind, micros, note } = entry;
    if (before.availableMicros + micros < 0n)
      throw new OperatorRefusal(
        `only ${euro(before.availableMicros)} EUR is available: ${euro(before.heldMicros)} of ` +
          `${euro(before.balanceMicros)} EUR is held for messages under way and quotas of users`,
      );
    const after = await insertTopUp(query, account, { kind, amountMicros: micros, note }, nowMs);
    return {
      result: after,
      action: micros < 0n ? 'credit.taken' : 'credit.added',
      before: { balance: euro(before.balanceMicros) },
      after: { balance: euro(after.balanceMicros), note },
    };
  }

  async function addOvhKey(query: Query, account: Account, nowMs: number): Promise<NewKey> {
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
    if (account.settings.smpp === null)
      await updateSettings(query, account.id, { smpp: defaultSmppSettings });
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

  async function revoke(query: Query, account: Account, key: ListedKey, nowMs: number): Promise<void> {
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

  return {
    async create(access, { email, name, credit, callbackUrl, parent: parentName }) {
      const by = authorize(access, 'accounts.write');
      if (!isEmail(email)) throw new OperatorRefusal(`"${email}" must be an e-mail address`);
      const creditMicros = credit === undefined ? 0n : parseEuro(credit);
      if (creditMicros === null)
        throw new OperatorRefusal(`"${credit}" must be an amount in euro such as 25.50`);
      const parent =
        parentName === undefined ? undefined : await requireAccountNamed(database.query, parentName);
      if (parent !== undefined && parent.parentId !== null)
        throw new OperatorRefusal(`${parentName} is a sub-account itself, and has none of its own`);
      const order = { by, email, name, creditMicros, callbackUrl, ...(parent && { parent }) };
      const created = await createAccount({ database, clock, seal }, order);
      if (created !== null) return created;
      throw new OperatorConflict(`there is an account with the e-mail ${email} already`);
    },

    async find(access, name) {
      authorize(access, 'accounts.read');
      return requireAccountNamed(database.query, name);
    },

    set: async (access, name, texts) =>
      change(authorize(access, 'accounts.write'), name, async (query, account) => {
        const { change: wanted, mistakes } = readAccountSettings(texts);
        if (mistakes.length > 0) throw new OperatorRefusal(...mistakes);
        const changed = await changeSettings(query, account, wanted);
        const result = { account: account.serviceName, changed };
        return { result, action: 'account.changed', after: { changed } };
      }),

    async show(access, name) {
      authorize(access, 'accounts.read');
      const { query } = database;
      const account = await requireAccountNamed(query, name);
      const [balance, keys] = await Promise.all([
        readBalance(query, account),
        listAccountKeys(query, account),
      ]);
      return { account, balance, keys };
    },

    close: async (access, name, note) =>
      change<boolean>(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        if (account.status === 'closed') return { result: false, action: null };
        await revokeAllKeys(query, account, nowMs);
        await setAccountStatus(query, account.id, 'closed');
        const before = { status: account.status };
        return { result: true, action: 'account.closed', before, after: { status: 'closed', note } };
      }),

    addKey: async (access, name, dialect) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        if (!(dialects as readonly string[]).includes(dialect))
          throw new OperatorRefusal(`"${dialect}" is not a dialect with keys: ${dialects.join(', ')}`);
        if (account.status === 'closed')
          throw new OperatorRefusal(`${account.serviceName} is closed and gets no keys`);
        const add = { octopush: addOctopushKey, ovh: addOvhKey, http2sms: addUser, smpp: addBindKey };
        const key = await add[dialect as keyof typeof add](query, account, nowMs);
        return { result: key, action: 'key.added', after: { dialect, identifier: identifierOf(key) } };
      }),

    revokeKey: async (access, name, written) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const keys = await listAccountKeys(query, account);
        const secretId = await findKeyBySecret(query, account.id, hashSecret(written));
        const key =
          keys.find(({ id }) => id === written) ??
          keys.find(({ id }) => id === secretId) ??
          // An Octopush login or a system_id identifies every key of the account, so it selects none.
          keys.find(
            ({ dialect, identifier }) =>
              dialect !== 'octopush' && dialect !== 'smpp' && identifier === written,
          );
        if (key === undefined)
          throw new OperatorRefusal(
            `${account.serviceName} has no key of this id or secret; see chappe account show ${account.serviceName}`,
          );
        await revoke(query, account, key, nowMs);
        const { id, dialect, identifier } = key;
        return { result: id, action: 'key.revoked', target: id, before: { dialect, identifier } };
      }),

    addCredit: async (access, name, amount, note) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        await lockMoney(query, account.bucket, [account.id]);
        return adjust(query, account, { kind: 'top_up', micros: readAmount(amount), note }, nowMs);
      }),

    takeCredit: async (access, name, amount, written) =>
      change(authorize(access, 'accounts.write'), name, async (query, account, nowMs) => {
        const note = written.trim();
        if (note === '') throw new OperatorRefusal('the note is missing: say why with --note');
        await lockMoney(query, account.bucket, [account.id]);
        return adjust(query, account, { kind: 'adjustment', micros: -readAmount(amount), note }, nowMs);
      }),
  };
}

interface Change<T> {
  readonly result: T;
  /** Null: nothing changed. */
  readonly action: string | null;
  readonly target?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

function identifierOf(key: NewKey): string {
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

const euro = (micros: bigint) => formatEuro(micros, 6);

function readAmount(written: string): bigint {
  if (/^\d+,\d+$/.test(written))
    throw new OperatorRefusal(`"${written}" has a decimal comma; write ${written.replace(',', '.')}`);
  const micros = parseEuro(written);
  if (micros === null || micros <= 0n)
    throw new OperatorRefusal(`"${written}" must be an amount in euro above 0 such as 25.50`);
  if (micros > mostMicros)
    throw new OperatorRefusal(`"${written}" is more than ${formatEuro(mostMicros, 0)} EUR`);
  return micros;
}
