// Authenticates callers: API keys, consumer keys of the OVH dialect, passwords of users and of binds. Returns access values.
// Used by every dialect. Answers without a query for credentials of the last ten seconds.
// Refusals of authenticate: credentials-wrong, account-not-validated, account-blocked.
import type { Account } from '#domain/account/account.ts';
import type { User } from '#domain/account/user.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { grantAccount } from '#operations/access/grant.ts';
import type { Context } from '#pipeline/context.ts';
import type { CredentialFamily } from '#store/accounts/accounts.ts';
import type { ConsumerKey } from '#store/accounts/consumer-keys.ts';
import { type AccountCache, createAccountCache } from './api-keys.ts';
import { createBindPasswords } from './bind-passwords.ts';
import { type Consumer, createConsumerKeyCache } from './consumer-keys.ts';
import { createPasswordJudge } from './password-trials.ts';
import { createUserCache } from './user-passwords.ts';

/** An application of the OVH dialect with the consumer key of a call. */
export interface KnownConsumer extends Consumer {
  /** Null while the key is not validated. */
  readonly access: AccountAccess | null;
}

export interface AuthenticatedUser {
  readonly access: AccountAccess;
  readonly user: User;
}

/** Access of a bind, which can last for months. */
export interface AuthenticatedBind {
  readonly access: AccountAccess;
  readonly credentialId: number;
}

export interface Credentials {
  /**
   * Returns without a promise for a cached credential: callers check before they await. `address` is that of the client, for
   * the audit trail.
   */
  authenticate(
    family: CredentialFamily,
    login: string,
    key: string,
    address: string,
  ): AccountAccess | Promise<AccountAccess>;
  /** Null for an unknown application. `address` as above. */
  findConsumer(
    applicationKey: string,
    consumerKey: string,
    address: string,
  ): KnownConsumer | null | Promise<KnownConsumer | null>;
  /** Records the use of the key, at most once a minute. */
  noteUse(key: ConsumerKey): void;
  /**
   * Null when account, login or password is wrong; `too-many` when the password was not checked because of too many
   * attempts from the address or for the login.
   */
  authenticateUser(
    serviceName: string,
    login: string,
    password: string,
    address: string,
  ): Promise<AuthenticatedUser | null | 'too-many'>;
  /** `too-many`: the password was not checked. Refusals as of authenticate; an unknown system_id is `credentials-wrong`. */
  authenticateBind(
    systemId: string,
    password: string,
    address: string,
  ): Promise<AuthenticatedBind | 'too-many'>;
  /** The same access with the current account; null if the account or the password cannot be used any more. */
  renewBind(bind: AuthenticatedBind): Promise<AuthenticatedBind | null>;
  /** Access to the account or to one of its sub-accounts. Null for every other account. */
  openAccount(access: AccountAccess, serviceName: string): Promise<AccountAccess | null>;
}

/** The service, and its caches for the stages of the process. */
export interface CredentialCaches {
  readonly credentials: Credentials;
  readonly accounts: Pick<AccountCache, 'byId'>;
  /** Called after a change: cached values can be stale. */
  forget(): void;
  forgetConsumers(): void;
}

export function createCredentials(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  { seal }: { readonly seal: Seal },
): CredentialCaches {
  const accounts = createAccountCache(context);
  const consumers = createConsumerKeyCache(context, seal);
  const judge = createPasswordJudge(context);
  const users = createUserCache(context, judge, (id) => accounts.byId(id));
  const binds = createBindPasswords(context, judge, (id) => accounts.byId(id));

  const credentials: Credentials = {
    authenticate(family, login, key, address) {
      const account = accounts.authenticate(family, login, key);
      const grant = (known: Account) => grantKey(known, `${family}:${login}`, address);
      return account instanceof Promise ? account.then(grant) : grant(account);
    },
    findConsumer(applicationKey, consumerKey, address) {
      const found = consumers.find(applicationKey, consumerKey);
      const grant = (consumer: Consumer | null): KnownConsumer | null => {
        if (consumer === null) return null;
        const { account } = consumer;
        return { ...consumer, access: account && grantKey(account, `ovh:${applicationKey}`, address) };
      };
      return found instanceof Promise ? found.then(grant) : grant(found);
    },
    noteUse: (key) => consumers.noteUse(key),
    async authenticateUser(serviceName, login, password, address) {
      const found = await users.authenticate(serviceName, login, password, address);
      if (found === null || found === 'too-many') return found;
      return { user: found.user, access: grantKey(found.account, `user:${login}`, address) };
    },
    async authenticateBind(systemId, password, address) {
      const found = await binds.authenticate(systemId, password, address);
      if (found === 'too-many') return found;
      const { account, credentialId } = found;
      return { access: grantKey(account, `smpp:${systemId}`, address), credentialId };
    },
    async renewBind({ access, credentialId }) {
      const account = await binds.renew({ accountId: access.account.id, credentialId });
      return account && { access: grantAccount(account, access.actor, access.role), credentialId };
    },
    async openAccount(access, serviceName) {
      const own = authorize(access, 'sub-accounts.open');
      if (serviceName === own.serviceName) return access;
      const account = await accounts.byName(serviceName);
      if (account === null || account.parentId !== own.id) return null;
      return grantAccount(account, access.actor, access.role);
    },
  };
  return {
    credentials,
    accounts,
    forget() {
      accounts.forget();
      consumers.forget();
    },
    forgetConsumers: () => consumers.forget(),
  };
}

function grantKey(account: Account, key: string, address: string): AccountAccess {
  return grantAccount(account, { actor: `key:${key}`, address }, 'key');
}
