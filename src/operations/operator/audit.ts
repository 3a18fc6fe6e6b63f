// The audit trail for the operator: the actor, the change and its time. Used by `chappe audit list` and the console.
// Refuses, as OperatorRefusal: an unknown account.
import type { StoredAuditEntry } from '#domain/base/audit.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { listAuditEntries } from '#store/platform/audit-entries.ts';

export interface AuditQuestion {
  /** Service name or e-mail. */
  readonly account: string | undefined;
  /** An action such as `rate.set`, or the subject before its dot. */
  readonly action: string | undefined;
  /** Such as `cli:alice`, or the kind before its colon. */
  readonly actor?: string | undefined;
  readonly fromMs: number | null;
  /** Before this instant. */
  readonly toMs: number | null;
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

export interface AuditTrail {
  /** Newest first. */
  list(access: OperatorAccess, question: AuditQuestion): Promise<StoredAuditEntry[]>;
}

export function createAuditTrail({ database }: Pick<Context, 'database'>): AuditTrail {
  return {
    async list(access, { account: name, action, actor, fromMs, toMs, beforeId, limit }) {
      authorize(access, 'audit.read');
      const account = name === undefined ? null : await requireAccountNamed(database.query, name);
      return listAuditEntries(database.query, {
        limit,
        ...(account !== null && { accountId: account.id }),
        ...(action !== undefined && { action }),
        ...(actor !== undefined && { actor }),
        ...(beforeId !== undefined && { beforeId }),
        ...(fromMs !== null && { fromMs }),
        ...(toMs !== null && { toMs }),
      });
    },
  };
}
