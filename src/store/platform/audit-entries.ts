// The audit trail: one entry for each change that an operator or a customer made. Insert only.
// Used by the operator's services and `chappe audit list`.
import type { AuditEntry, StoredAuditEntry } from '#domain/base/audit.ts';
import type { Query } from '#store/database/database.ts';

/** Call it in the transaction of the change, so that neither exists without the other. */
export async function insertAuditEntry(query: Query, entry: AuditEntry, nowMs: number): Promise<void> {
  const { by, accountId, action, target, before, after } = entry;
  await query(
    `insert into audit_entries (at, actor, account_id, action, target, before, after, address)
     values (to_timestamp($1::float8 / 1000), $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8)`,
    [
      nowMs,
      by.actor,
      accountId,
      action,
      target,
      before === null ? null : JSON.stringify(before),
      after === null ? null : JSON.stringify(after),
      by.address,
    ],
  );
}

export interface AuditFilter {
  readonly accountId?: number;
  /** An action such as `rate.set`, or the subject before its dot. */
  readonly action?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
}

/** Newest first. */
export async function listAuditEntries(query: Query, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  return query<StoredAuditEntry>(
    `select e.id, e.at as "atMs", e.actor, a.service_name as account, e.action, e.target, e.before, e.after, e.address
     from audit_entries e left join accounts a on a.id = e.account_id
     where ($1::int is null or e.account_id = $1) and ($2::text is null or e.action = $2 or split_part(e.action, '.', 1) = $2)
       and ($3::float8 is null or e.at >= to_timestamp($3::float8 / 1000))
       and ($4::float8 is null or e.at < to_timestamp($4::float8 / 1000))
     order by e.id desc limit $5`,
    [
      filter.accountId ?? null,
      filter.action ?? null,
      filter.fromMs ?? null,
      filter.toMs ?? null,
      filter.limit,
    ],
  );
}
