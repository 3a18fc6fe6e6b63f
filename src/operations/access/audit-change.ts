// Writes the audit entry of a change made through a service, in the transaction of the change.
// Used by services with methods that change decisions of people: settings, keys, senders, prices, reviews.

import type { Query } from '#store/database/database.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import type { AccountAccess, MemberAccess, OperatorAccess } from './access.ts';

type Facts = Readonly<Record<string, unknown>>;

export interface Change {
  /** An event name of the past, `subject.verb`. */
  readonly action: string;
  readonly target: string;
  /** Never secrets, texts of messages or whole numbers. */
  readonly before?: Facts | null;
  readonly after?: Facts | null;
  /** The account concerned, for a change by an operator. Default: the account of the access value, else none. */
  readonly accountId?: number | null;
}

export async function auditChange(
  query: Query,
  access: AccountAccess | OperatorAccess | MemberAccess,
  { action, target, before = null, after = null, accountId }: Change,
  nowMs: number,
): Promise<void> {
  const own = 'account' in access ? access.account.id : null;
  const entry = { by: access.actor, accountId: accountId ?? own, action, target, before, after };
  await insertAuditEntry(query, entry, nowMs);
}

/** The same for data that programs change all the time: only changes by people are recorded, not those of keys. */
export async function auditPersonalChange(
  query: Query,
  access: AccountAccess,
  change: Change,
  nowMs: number,
): Promise<void> {
  if (access.role !== 'key') await auditChange(query, access, change, nowMs);
}
