// Who wants to be told of low credit, and who was told.
import type { CreditAlert } from '#domain/account/account.ts';
import type { Query } from '#store/database/database.ts';

export interface Watched {
  readonly bucket: number;
  readonly id: number;
  readonly name: string;
  readonly alert: CreditAlert;
  readonly availableMicros: bigint;
  /** There is an alert that was not cleared. */
  readonly isLow: boolean;
  /** The alert's own address, or the account's; a sub-account's login is none, so its parent's. */
  readonly mailTo: string;
  /** Of its campaign parameters; null: no SMS tells it. */
  readonly alertNumber: string | null;
}

export async function listWatched(query: Query): Promise<Watched[]> {
  const rows = await query<Omit<Watched, 'availableMicros'> & { available: number }>(
    `select a.bucket, a.id, a.name, a.settings -> 'creditAlert' as alert,
       b.balance_micros - b.held_micros as available,
       coalesce(a.settings #>> '{creditAlert,email}', p.email, a.email) as "mailTo",
       nullif(trim(a.settings #>> '{campaign,alertNumber}'), '') as "alertNumber",
       exists (select from credit_alerts c where c.bucket = a.bucket and c.account_id = a.id and c.cleared_at is null)
         as "isLow"
     from accounts a join balances b on b.bucket = a.bucket and b.account_id = a.id
     left join accounts p on p.id = a.parent_id
     where jsonb_typeof(a.settings -> 'creditAlert') = 'object'`,
  );
  return rows.map(({ available, ...row }) => ({ ...row, availableMicros: BigInt(available) }));
}

/** False when another process was first. */
export async function raiseAlert(
  query: Query,
  { bucket, id, availableMicros, mailTo }: Watched,
  boundMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `insert into credit_alerts (bucket, account_id, available_micros, bound_micros, mail_to, raised_at, retry_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($6::float8 / 1000))
     on conflict do nothing returning id`,
    [bucket, id, availableMicros, boundMicros, mailTo, nowMs],
  );
  return rows.length > 0;
}

export async function clearAlert(query: Query, { bucket, id }: Watched, nowMs: number): Promise<void> {
  await query(
    `update credit_alerts set cleared_at = to_timestamp($3::float8 / 1000)
     where bucket = $1 and account_id = $2 and cleared_at is null`,
    [bucket, id, nowMs],
  );
}

/** Of accounts that do not want to be told any more. */
export async function clearUnwatched(query: Query, nowMs: number): Promise<void> {
  await query(
    `update credit_alerts c set cleared_at = to_timestamp($1::float8 / 1000)
     where c.cleared_at is null and not exists (
       select from accounts a where a.id = c.account_id and jsonb_typeof(a.settings -> 'creditAlert') = 'object')`,
    [nowMs],
  );
}

export interface StoredAlert {
  readonly bucket: number;
  readonly accountId: number;
  readonly id: number;
  readonly serviceName: string;
  readonly availableMicros: bigint;
  readonly boundMicros: bigint;
  readonly mailTo: string;
  readonly raisedAtMs: number;
  readonly mailedAtMs: number | null;
  readonly error: string | null;
}

type AlertRow = Omit<StoredAlert, 'availableMicros' | 'boundMicros'> & { available: number; bound: number };

const columns = `c.bucket, c.account_id as "accountId", c.id, a.service_name as "serviceName",
  c.available_micros as available, c.bound_micros as bound, c.mail_to as "mailTo", c.raised_at as "raisedAtMs",
  c.mailed_at as "mailedAtMs", c.error`;

function readAlertRow({ available, bound, ...row }: AlertRow): StoredAlert {
  return { ...row, availableMicros: BigInt(available), boundMicros: BigInt(bound) };
}

/** Alerts to be mailed now, for this process alone, which has none in its hands. */
export async function claimMails(query: Query, process: number, nowMs: number): Promise<StoredAlert[]> {
  const rows = await query<AlertRow>(
    `update credit_alerts c set owner = $2 from accounts a
     where a.id = c.account_id and c.cleared_at is null and c.mailed_at is null
       and c.retry_at <= to_timestamp($1::float8 / 1000) and (c.owner is null or c.owner = $2)
     returning ${columns}`,
    [nowMs, process],
  );
  return rows.map(readAlertRow);
}

/** The relay took it, or it is tried again; unless it is another's now. */
export async function saveMail(
  query: Query,
  { bucket, accountId, id }: StoredAlert,
  process: number,
  { mailedAtMs, error, retryAtMs }: { mailedAtMs: number | null; error: string | null; retryAtMs: number },
): Promise<void> {
  await query(
    `update credit_alerts set owner = null, error = $5, mailed_at = to_timestamp($6::float8 / 1000),
       retry_at = to_timestamp($7::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and owner = $4`,
    [bucket, accountId, id, process, error, mailedAtMs, retryAtMs],
  );
}

/** The credit of these accounts is low now. */
export async function listOpenAlerts(query: Query): Promise<StoredAlert[]> {
  const rows = await query<AlertRow>(
    `select ${columns} from credit_alerts c join accounts a on a.id = c.account_id
     where c.cleared_at is null order by c.raised_at`,
  );
  return rows.map(readAlertRow);
}
