// Keys of the OVH dialect: applications, consumer keys, and requests for them. Used by OVH's API and its pages of keys.
// Secrets are returned once; only sealed secrets and hashes are stored. A notice (`accounts`) reports changes to all processes.
// request, readRequest and refuse need no access: the token of a request is enough.
import type { Seal } from '#lib/security/sealing.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type Application, listApplications } from '#store/accounts/applications.ts';
import { type ConsumerKey, listConsumerKeys, readConsumerKey } from '#store/accounts/consumer-keys.ts';
import {
  type ApplicationKeys,
  type ApplicationOrder,
  createApplication,
  createToken,
  dropApplication,
  dropKey,
  endKey,
  type RecordChange,
  readKnownApplication,
  restrictKey,
  type TokenKeys,
  type TokenOrder,
} from './applications.ts';
import {
  type KeyOrder,
  type KeyRequest,
  type RequestedKey,
  readKeyRequest,
  refuseConsumerKey,
  requestConsumerKey,
  validateConsumerKey,
} from './key-requests.ts';

export interface OvhKeys {
  createApplication(access: AccountAccess, order: ApplicationOrder): Promise<ApplicationKeys>;
  /** Creates an application with a consumer key that is validated immediately. */
  createToken(access: AccountAccess, order: TokenOrder): Promise<TokenKeys>;
  request(applicationKey: string, order: KeyOrder): Promise<RequestedKey | 'no-application' | 'too-many'>;
  /** Null for an unknown token, a decided request, or one older than a day. */
  readRequest(validationToken: string): Promise<KeyRequest | null>;
  /** `lifetimeMs` null: the key never expires. False if the request was decided before. */
  validate(access: AccountAccess, id: number, lifetimeMs: number | null): Promise<boolean>;
  refuse(id: number): Promise<boolean>;
  listApplications(access: AccountAccess): Promise<readonly number[]>;
  /** An application of the account, or one that it has validated a key for. */
  readApplication(access: AccountAccess, id: number): Promise<Application | null>;
  /** Deletes it with all keys validated for it. False, here and below, for an unknown id. */
  dropApplication(access: AccountAccess, id: number): Promise<boolean>;
  list(access: AccountAccess): Promise<readonly ConsumerKey[]>;
  read(access: AccountAccess, id: number): Promise<ConsumerKey | null>;
  /** Without blocks: usable from every address. */
  restrict(access: AccountAccess, id: number, allowedIps: readonly string[]): Promise<boolean>;
  drop(access: AccountAccess, id: number): Promise<boolean>;
  /** The key revokes itself: it stays in the list as expired. */
  end(access: AccountAccess, id: number): Promise<void>;
}

export interface OvhKeysNeeds {
  readonly seal: Seal;
  /** Invalidates cached consumer keys of this process immediately; other processes follow the notice. */
  readonly forgetConsumers: () => void;
}

export function createOvhKeys(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { seal, forgetConsumers }: OvhKeysNeeds,
): OvhKeys {
  const { query } = database;
  const sealed = { database, clock, seal };

  async function forgetting<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    forgetConsumers();
    return result;
  }

  return {
    async createApplication(access, order) {
      const account = authorize(access, 'keys.write');
      return createApplication(sealed, account, order, recordOf(access, 'application.created'));
    },
    async createToken(access, order) {
      const account = authorize(access, 'keys.write');
      return createToken(sealed, account, order, recordOf(access, 'key.created'));
    },
    request: (applicationKey, order) => requestConsumerKey(sealed, applicationKey, order),
    readRequest: (token) => readKeyRequest(sealed, token),
    async validate(access, id, lifetimeMs) {
      const account = authorize(access, 'keys.write');
      const record = recordOf(access, 'key.validated');
      return forgetting(validateConsumerKey(sealed, id, account, lifetimeMs, record));
    },
    refuse: (id) => forgetting(refuseConsumerKey(sealed, id)),
    listApplications: async (access) => listApplications(query, authorize(access, 'keys.read').id),
    readApplication: async (access, id) => readKnownApplication(sealed, authorize(access, 'keys.read'), id),
    async dropApplication(access, id) {
      const account = authorize(access, 'keys.write');
      return forgetting(dropApplication(sealed, account, id, recordOf(access, 'application.removed')));
    },
    list: async (access) => listConsumerKeys(query, authorize(access, 'keys.read').id),
    read: async (access, id) => readConsumerKey(query, authorize(access, 'keys.read').id, id),
    async restrict(access, id, allowedIps) {
      const account = authorize(access, 'keys.write');
      return forgetting(restrictKey(sealed, account, id, allowedIps, recordOf(access, 'key.restricted')));
    },
    async drop(access, id) {
      const account = authorize(access, 'keys.write');
      return forgetting(dropKey(sealed, account, id, recordOf(access, 'key.revoked')));
    },
    async end(access, id) {
      const account = authorize(access, 'keys.end');
      if ((await readConsumerKey(query, account.id, id)) !== null) await forgetting(endKey(sealed, id));
    },
  };

  function recordOf(access: AccountAccess, action: string): RecordChange {
    return (inside, target) => auditChange(inside, access, { action, target }, clock.now());
  }
}
