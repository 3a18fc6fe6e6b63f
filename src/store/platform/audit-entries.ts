// The audit trail: one entry for each change by an operator or a customer. Insert only.
// Used by the operator's services and `chappe audit list`. The table has no bucket.
import type { AuditEntry, StoredAuditEntry } from '#domain/base/audit.ts';
import { instant, int4, int8, json, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface AuditFilter {
  readonly accountId?: number;
  /** An action such as `rate.set`, or the subject before its dot. */
  readonly action?: string;
  /** Such as `cli:alice`, or the kind before its colon. */
  readonly actor?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only entries before this id. */
  readonly beforeId?: number;
  readonly limit: number;
}

const insert = statement('insert_audit_entry', {
  params: {
    now: instant,
    actor: text,
    accountId: nullable(int4),
    action: text,
    target: text,
    before: nullable(json<AuditEntry['before']>()),
    after: nullable(json<AuditEntry['after']>()),
    address: nullable(text),
  },
  text: (p) => `
insert into audit_entries (at, actor, account_id, action, target, before, after, address)
values (${p.now}, ${p.actor}, ${p.accountId}, ${p.action}, ${p.target}, ${p.before}, ${p.after}, ${p.address})`,
});

/** Call it in the transaction of the change, so that neither exists without the other. */
export async function insertAuditEntry(query: Query, entry: AuditEntry, nowMs: number): Promise<void> {
  const { by, ...values } = entry;
  await insert.run(query, { ...values, actor: by.actor, address: by.address, now: nowMs });
}

const list = statement('list_audit_entries', {
  params: {
    accountId: nullable(int4),
    action: nullable(text),
    actor: nullable(text),
    from: nullable(instant),
    to: nullable(instant),
    beforeId: nullable(int8),
    limit: int4,
  },
  row: {
    id: int8,
    atMs: instant,
    actor: text,
    account: nullable(text),
    action: text,
    target: text,
    before: nullable(json<StoredAuditEntry['before']>()),
    after: nullable(json<StoredAuditEntry['after']>()),
    address: nullable(text),
  },
  text: (p) => `
select e.id, e.at as "atMs", e.actor, a.service_name as account, e.action, e.target, e.before, e.after, e.address
from audit_entries e left join accounts a on a.id = e.account_id
where (${p.accountId} is null or e.account_id = ${p.accountId})
  and (${p.action} is null or e.action = ${p.action} or split_part(e.action, '.', 1) = ${p.action})
  and (${p.actor} is null or e.actor = ${p.actor} or split_part(e.actor, ':', 1) = ${p.actor})
  and (${p.from} is null or e.at >= ${p.from}) and (${p.to} is null or e.at < ${p.to})
  and (${p.beforeId} is null or e.id < ${p.beforeId})
order by e.id desc limit ${p.limit}`,
});

/** Newest first. */
export function listAuditEntries(query: Query, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  const {
    accountId = null,
    action = null,
    actor = null,
    fromMs = null,
    toMs = null,
    beforeId = null,
    limit,
  } = filter;
  return list.run(query, { accountId, action, actor, from: fromMs, to: toMs, beforeId, limit });
}
