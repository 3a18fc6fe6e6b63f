// Accounts with an alert of low credit, the alerts, and their mails. Used by the credit watch and `chappe alert`.
import type { AccountKey, CreditAlert } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, int8, json, micros, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface Watched {
  readonly bucket: number;
  readonly id: number;
  readonly name: string;
  readonly alert: CreditAlert;
  readonly availableMicros: bigint;
  /** There is an alert that is not cleared. */
  readonly isLow: boolean;
  /** The address of the alert, else of the account; for a sub-account, whose login is no address, of its parent. */
  readonly mailTo: string;
  /** Of the campaign parameters; null: no SMS is sent. */
  readonly alertNumber: string | null;
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

const listAll = statement('list_watched_accounts', {
  params: {},
  row: {
    bucket: int2,
    id: int4,
    name: text,
    alert: json<CreditAlert>(),
    availableMicros: micros,
    mailTo: text,
    alertNumber: nullable(text),
    isLow: boolean,
  },
  // Over all buckets, every 15 s. Distributed tables are joined by their buckets, never through the table of accounts.
  text: () => `
select b.bucket, a.id, a.name, a.settings -> 'creditAlert' as alert,
  b.balance_micros - b.held_micros as "availableMicros",
  coalesce(a.settings #>> '{creditAlert,email}', p.email, a.email) as "mailTo",
  nullif(trim(a.settings #>> '{campaign,alertNumber}'), '') as "alertNumber",
  exists (select 1 from credit_alerts c
    where c.bucket = b.bucket and c.account_id = b.account_id and c.cleared_at is null) as "isLow"
from accounts a join balances b on b.bucket = a.bucket and b.account_id = a.id
left join accounts p on p.id = a.parent_id
where jsonb_typeof(a.settings -> 'creditAlert') = 'object'`,
});

export function listWatched(query: Query): Promise<Watched[]> {
  return listAll.run(query, {});
}

const raise = statement('raise_credit_alert', {
  params: { ...accountParams, availableMicros: micros, boundMicros: micros, mailTo: text, now: instant },
  row: { id: int8 },
  // The partial unique index allows one open alert for each account.
  text: (p) => `
insert into credit_alerts (bucket, account_id, available_micros, bound_micros, mail_to, raised_at, retry_at)
values (${p.bucket}, ${p.accountId}, ${p.availableMicros}, ${p.boundMicros}, ${p.mailTo}, ${p.now}, ${p.now})
on conflict do nothing returning id`,
});

/** False if another process was first. */
export async function raiseAlert(
  query: Query,
  watched: Watched,
  boundMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  const { availableMicros, mailTo } = watched;
  const values = { ...valuesOf(watched), availableMicros, boundMicros, mailTo, now: nowMs };
  return (await raise.find(query, values)) !== null;
}

const clear = statement('clear_credit_alert', {
  params: { ...accountParams, now: instant },
  text: (p) => `
update credit_alerts set cleared_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and cleared_at is null`,
});

export async function clearAlert(query: Query, account: AccountKey, nowMs: number): Promise<void> {
  await clear.run(query, { ...valuesOf(account), now: nowMs });
}

const listUnwatched = statement('list_unwatched_alerts', {
  params: {},
  row: { bucket: int2, accountId: int4 },
  // Over all buckets, every 15 s. A select, because an update of all shards commits in two phases even without a row.
  text: () => `
select c.bucket, c.account_id as "accountId" from credit_alerts c
where c.cleared_at is null and not c.account_id in (
  select id from accounts where jsonb_typeof(settings -> 'creditAlert') = 'object')`,
});

/** Clears the alerts of accounts that no longer have one configured. */
export async function clearUnwatched(query: Query, nowMs: number): Promise<void> {
  for (const { bucket, accountId } of await listUnwatched.run(query, {}))
    await clearAlert(query, { bucket, id: accountId }, nowMs);
}

const alertRow = {
  bucket: int2,
  accountId: int4,
  id: int8,
  serviceName: text,
  availableMicros: micros,
  boundMicros: micros,
  mailTo: text,
  raisedAtMs: instant,
  mailedAtMs: nullable(instant),
  error: nullable(text),
};
const columns = `c.bucket, c.account_id as "accountId", c.id, a.service_name as "serviceName",
  c.available_micros as "availableMicros", c.bound_micros as "boundMicros", c.mail_to as "mailTo",
  c.raised_at as "raisedAtMs", c.mailed_at as "mailedAtMs", c.error`;

const listDueBuckets = statement('list_buckets_with_alert_mails', {
  params: { processId: int8, now: instant },
  row: { bucket: int2 },
  // Over all buckets: read only, so that a claim is sent only to buckets with a due mail.
  text: (p) => `
select distinct bucket from credit_alerts
where cleared_at is null and mailed_at is null and retry_at <= ${p.now} and (process_id is null or process_id = ${p.processId})`,
});

const claim = statement('claim_alert_mails', {
  params: { bucket: int2, processId: int8, now: instant },
  row: alertRow,
  text: (p) => `
update credit_alerts c set process_id = ${p.processId} from accounts a
where c.bucket = ${p.bucket} and a.id = c.account_id and c.cleared_at is null and c.mailed_at is null
  and c.retry_at <= ${p.now} and (c.process_id is null or c.process_id = ${p.processId})
returning ${columns}`,
});

/** Claims the alerts whose mails are due. The process must have none in progress: its own rows are claimed again. */
export async function claimMails(query: Query, processId: number, nowMs: number): Promise<StoredAlert[]> {
  const claimed: StoredAlert[] = [];
  for (const { bucket } of await listDueBuckets.run(query, { processId, now: nowMs }))
    claimed.push(...(await claim.run(query, { bucket, processId, now: nowMs })));
  return claimed;
}

const save = statement('save_alert_mail', {
  params: {
    ...accountParams,
    id: int8,
    processId: int8,
    error: nullable(text),
    mailedAtMs: nullable(instant),
    retryAtMs: instant,
  },
  text: (p) => `
update credit_alerts set process_id = null, error = ${p.error}, mailed_at = ${p.mailedAtMs}, retry_at = ${p.retryAtMs}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and process_id = ${p.processId}`,
});

/** Stores the result of an attempt and releases the alert, if it still belongs to this process. */
export async function saveMail(
  query: Query,
  { bucket, accountId, id }: StoredAlert,
  processId: number,
  result: { mailedAtMs: number | null; error: string | null; retryAtMs: number },
): Promise<void> {
  await save.run(query, { bucket, accountId, id, processId, ...result });
}

const listOpen = statement('list_open_alerts', {
  params: {},
  row: alertRow,
  // Over all buckets: the operator's list.
  text: () => `
select ${columns} from credit_alerts c join accounts a on a.id = c.account_id
where c.cleared_at is null order by c.raised_at`,
});

/** Alerts of accounts whose credit is low. */
export function listOpenAlerts(query: Query): Promise<StoredAlert[]> {
  return listOpen.run(query, {});
}
