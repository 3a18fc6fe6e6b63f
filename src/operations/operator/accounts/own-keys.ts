// The keys of an account for its owners: list, add, revoke. Used by the console. Secrets are shown once. A notice (`accounts`)
// reports every change to running processes.
import type { Seal } from '#lib/security/sealing.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type ListedKey, listAccountKeys } from '#store/accounts/account-keys.ts';
import { notify } from '#store/database/notices.ts';
import { addKey, identifierOf, type NewKey, revokeKey } from './keys.ts';

export interface OwnKeys {
  /** Keys that work, oldest first. */
  list(access: AccountAccess): Promise<readonly ListedKey[]>;
  add(access: AccountAccess, dialect: string): Promise<NewKey>;
  /** False: the account has no such key. */
  revoke(access: AccountAccess, id: string): Promise<boolean>;
}

export function createOwnKeys(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { seal }: { readonly seal: Seal },
): OwnKeys {
  return {
    list: async (access) => listAccountKeys(database.query, authorize(access, 'keys.read')),
    async add(access, dialect) {
      const account = authorize(access, 'keys.write');
      const nowMs = clock.now();
      return database.transaction(async (query) => {
        const key = await addKey(query, seal, account, dialect, nowMs);
        const after = { dialect, identifier: identifierOf(key) };
        await auditChange(query, access, { action: 'key.added', target: account.serviceName, after }, nowMs);
        await notify(query, 'accounts');
        return key;
      });
    },
    async revoke(access, id) {
      const account = authorize(access, 'keys.write');
      const nowMs = clock.now();
      return database.transaction(async (query) => {
        const key = (await listAccountKeys(query, account)).find((known) => known.id === id);
        if (key === undefined) return false;
        await revokeKey(query, account, key, nowMs);
        const { dialect, identifier } = key;
        const change = { action: 'key.revoked', target: id, before: { dialect, identifier } };
        await auditChange(query, access, change, nowMs);
        await notify(query, 'accounts');
        return true;
      });
    },
  };
}
