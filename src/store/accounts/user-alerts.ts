// Users with a credit alert, and the alerts that were sent. Used by the credit watch.
import type { AccountKey } from '#domain/account/account.ts';
import type { UserAlert } from '#domain/account/user.ts';
import type { AlertTemplates } from '#domain/account/user-alert.ts';
import { boolean, instant, int2, int4, int8, json, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface WatchedUser {
  readonly bucket: number;
  readonly accountId: number;
  readonly userId: number;
  readonly login: string;
  readonly alert: UserAlert & { readonly bound: number };
  readonly isTold: boolean;
  /** The rest of the quota; without a quota, the available credit of the account. */
  readonly remainingMicros: bigint;
  readonly availableMicros: bigint;
  /** Null: the price of an SMS to France. */
  readonly creditPriceMicros: number | null;
  readonly templates: AlertTemplates | null;
  readonly accountEmail: string;
}

const listWatched = statement('list_watched_users', {
  params: {},
  row: {
    bucket: int2,
    accountId: int4,
    userId: int4,
    login: text,
    alert: json<UserAlert & { readonly bound: number }>(),
    isTold: boolean,
    remainingMicros: micros,
    availableMicros: micros,
    creditPriceMicros: nullable(int8),
    templates: nullable(json<AlertTemplates>()),
    accountEmail: text,
  },
  // Over all buckets, every 15 s. Distributed tables are joined by their buckets, never through the table of accounts.
  text: () => `
select u.bucket, u.account_id as "accountId", u.id as "userId", u.login, u.alert, u.alerted_at is not null as "isTold",
  case when u.has_quota then u.quota_micros else b.balance_micros - b.held_micros end as "remainingMicros",
  b.balance_micros - b.held_micros as "availableMicros",
  (a.settings ->> 'creditPriceMicros')::bigint as "creditPriceMicros", a.settings -> 'alertTemplates' as templates,
  coalesce(p.email, a.email) as "accountEmail"
from users u join balances b on b.bucket = u.bucket and b.account_id = u.account_id
join accounts a on a.id = u.account_id
left join accounts p on p.id = a.parent_id
where (u.alert ->> 'bound') is not null`,
});

export function listWatchedUsers(query: Query): Promise<WatchedUser[]> {
  return listWatched.run(query, {});
}

const raise = statement('raise_user_alert', {
  params: { bucket: int2, accountId: int4, userId: int4, now: instant },
  row: { userId: int4 },
  text: (p) => `
update users set alerted_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId} and alerted_at is null
returning id as "userId"`,
});

/** False if another process was first. */
export async function raiseUserAlert(
  query: Query,
  { bucket, id }: AccountKey,
  userId: number,
  nowMs: number,
): Promise<boolean> {
  return (await raise.find(query, { bucket, accountId: id, userId, now: nowMs })) !== null;
}

const clear = statement('clear_user_alert', {
  params: { bucket: int2, accountId: int4, userId: int4 },
  text: (p) => `
update users set alerted_at = null
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId}`,
});

export async function clearUserAlert(
  query: Query,
  { bucket, id }: AccountKey,
  userId: number,
): Promise<void> {
  await clear.run(query, { bucket, accountId: id, userId });
}
