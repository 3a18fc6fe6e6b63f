// The audit trail of one account for its owners. Used by the console. The operator reads the whole trail (operator/audit.ts).
import type { StoredAuditEntry } from '#domain/base/audit.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';

export interface AccountAudit {
  /** Newest first, before this id. `action`: such as `sender.enabled`, or the subject before its dot. */
  list(
    access: AccountAccess,
    action: string | null,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<readonly StoredAuditEntry[]>;
}

export function createAccountAudit({ database }: Pick<Context, 'database'>): AccountAudit {
  return {
    async list(access, action, { beforeId, limit }) {
      const { id } = authorize(access, 'account-audit.read');
      return listAuditEntries(database.query, {
        accountId: id,
        beforeId,
        limit,
        ...(action !== null && { action }),
      });
    },
  };
}
