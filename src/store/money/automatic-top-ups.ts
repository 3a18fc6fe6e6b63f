// Who has credit bought by itself, and when it was bought. The steps of raising one run in one transaction.
import type { AutomaticTopUp } from '#domain/account/account.ts';
import type { Query } from '#store/database/database.ts';

export interface ToppedUp {
  readonly bucket: number;
  readonly id: number;
  readonly serviceName: string;
  readonly quantity: number;
  /** In credits. */
  readonly threshold: number;
  readonly isOnAccount: boolean;
  readonly creditPriceMicros: number | null;
  readonly availableMicros: bigint;
  /** It was bought, and the credit has not risen since. */
  readonly isRaised: boolean;
  /** The account's address; a sub-account's login is none, so its parent's. */
  readonly mailTo: string;
}

type ToppedUpRow = Omit<ToppedUp, 'availableMicros' | 'quantity' | 'threshold' | 'isOnAccount'> & {
  topUp: AutomaticTopUp;
  available: number;
  isOnAccount: boolean | null;
};

export async function listToppedUp(query: Query): Promise<ToppedUp[]> {
  const rows = await query<ToppedUpRow>(
    `select a.bucket, a.id, a.service_name as "serviceName", a.settings -> 'automaticTopUp' as "topUp",
       (a.settings ->> 'buysOnAccount')::boolean as "isOnAccount",
       (a.settings ->> 'creditPriceMicros')::bigint as "creditPriceMicros",
       b.balance_micros - b.held_micros as available, coalesce(p.email, a.email) as "mailTo",
       exists (select from automatic_top_ups t
         where t.bucket = a.bucket and t.account_id = a.id and t.cleared_at is null) as "isRaised"
     from accounts a join balances b on b.bucket = a.bucket and b.account_id = a.id
     left join accounts p on p.id = a.parent_id
     where jsonb_typeof(a.settings #> '{automaticTopUp,quantity}') = 'number' and a.status = 'active'`,
  );
  return rows.map(({ topUp, available, isOnAccount, ...row }) => ({
    ...row,
    quantity: topUp.quantity!,
    threshold: topUp.threshold,
    isOnAccount: isOnAccount === true,
    availableMicros: BigInt(available),
  }));
}

type Key = Pick<ToppedUp, 'bucket' | 'id'>;

/** False when another process was first, or the credit has risen meanwhile. Locks the money of the account. */
export async function raiseTopUp(
  query: Query,
  { bucket, id }: Key,
  thresholdMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  const [money] = await query<{ available: number }>(
    `select balance_micros - held_micros as available from balances where bucket = $1 and account_id = $2 for update`,
    [bucket, id],
  );
  const available = BigInt(money!.available);
  if (available > thresholdMicros) return false;
  const rows = await query(
    `insert into automatic_top_ups (bucket, account_id, available_micros, threshold_micros, raised_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) on conflict do nothing returning id`,
    [bucket, id, available, thresholdMicros, nowMs],
  );
  return rows.length > 0;
}

/** What was bought when the open one was raised. */
export async function noteOrder(query: Query, { bucket, id }: Key, orderId: number): Promise<void> {
  await query(
    `update automatic_top_ups set order_id = $3 where bucket = $1 and account_id = $2 and cleared_at is null`,
    [bucket, id, orderId],
  );
}

export async function clearTopUp(query: Query, { bucket, id }: Key, nowMs: number): Promise<void> {
  await query(
    `update automatic_top_ups set cleared_at = to_timestamp($3::float8 / 1000)
     where bucket = $1 and account_id = $2 and cleared_at is null`,
    [bucket, id, nowMs],
  );
}

/** Of accounts that no longer want it. */
export async function clearUnwantedTopUps(query: Query, nowMs: number): Promise<void> {
  await query(
    `update automatic_top_ups t set cleared_at = to_timestamp($1::float8 / 1000)
     where t.cleared_at is null and not exists (
       select from accounts a
       where a.id = t.account_id and jsonb_typeof(a.settings #> '{automaticTopUp,quantity}') = 'number')`,
    [nowMs],
  );
}
