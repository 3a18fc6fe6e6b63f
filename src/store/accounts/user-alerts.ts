// Whose account wants to be told when little is left for him, and whose was.

import type { UserAlert } from '#domain/account/user.ts';
import type { AlertTemplates } from '#domain/account/user-alert.ts';
import type { Query } from '#store/database/database.ts';

export interface WatchedUser {
  readonly bucket: number;
  readonly accountId: number;
  readonly userId: number;
  readonly login: string;
  readonly alert: UserAlert & { readonly bound: number };
  readonly isTold: boolean;
  /** What he may spend: his quota, or what the account can spend when he has none. */
  readonly remainingMicros: bigint;
  readonly availableMicros: bigint;
  /** Null: the price of an SMS to France. */
  readonly creditPriceMicros: number | null;
  readonly templates: AlertTemplates | null;
  readonly accountEmail: string;
}

type WatchedRow = Omit<WatchedUser, 'remainingMicros' | 'availableMicros'> & {
  remaining: number;
  available: number;
};

export async function listWatchedUsers(query: Query): Promise<WatchedUser[]> {
  const rows = await query<WatchedRow>(
    `select u.bucket, u.account_id as "accountId", u.id as "userId", u.login, u.alert,
       u.alerted_at is not null as "isTold", b.balance_micros - b.held_micros as available,
       case when u.has_quota then u.quota_micros else b.balance_micros - b.held_micros end as remaining,
       (a.settings ->> 'creditPriceMicros')::bigint as "creditPriceMicros",
       a.settings -> 'alertTemplates' as templates, coalesce(p.email, a.email) as "accountEmail"
     from users u join accounts a on a.id = u.account_id
     join balances b on b.bucket = u.bucket and b.account_id = u.account_id
     left join accounts p on p.id = a.parent_id
     where (u.alert ->> 'bound') is not null`,
  );
  return rows.map(({ remaining, available, ...row }) => ({
    ...row,
    remainingMicros: BigInt(remaining),
    availableMicros: BigInt(available),
  }));
}

/** False when another process was first. */
export async function raiseUserAlert(
  query: Query,
  { bucket, accountId, userId }: WatchedUser,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update users set alerted_at = to_timestamp($4::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and alerted_at is null returning 1`,
    [bucket, accountId, userId, nowMs],
  );
  return rows.length > 0;
}

export async function clearUserAlert(
  query: Query,
  { bucket, accountId, userId }: WatchedUser,
): Promise<void> {
  await query('update users set alerted_at = null where bucket = $1 and account_id = $2 and id = $3', [
    bucket,
    accountId,
    userId,
  ]);
}
