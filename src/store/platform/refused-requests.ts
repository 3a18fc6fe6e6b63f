// Requests of customers that were refused: the newest 1,000 of each account, for a week. Used by the service of refused requests,
// which joins equal ones before it writes. The table has no bucket, because a request that names no account is kept too.
import { instant, instantOf, int4, int8, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, type RowOf, rows, statement } from '#store/database/statement.ts';

export interface NewRefusedRequest {
  readonly atMs: number;
  /** Null: the request names no account. */
  readonly accountId: number | null;
  readonly dialect: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly reason: string | null;
  readonly detail: string;
  readonly identifier: string | null;
  readonly address: string;
  readonly times: number;
}

const mostOfAccount = 1_000;

const insert = statement('insert_refused_requests', {
  params: {
    refused: rows<NewRefusedRequest>({
      at: of(instant, (r) => r.atMs),
      account_id: of(int4, (r) => r.accountId),
      dialect: of(text, (r) => r.dialect),
      method: of(text, (r) => r.method),
      path: of(text, (r) => r.path),
      status: of(int4, (r) => r.status),
      reason: of(text, (r) => r.reason),
      detail: of(text, (r) => r.detail),
      identifier: of(text, (r) => r.identifier),
      address: of(text, (r) => r.address),
      times: of(int4, (r) => r.times),
    }),
  },
  text: (p) => `
insert into refused_requests (at, account_id, dialect, method, path, status, reason, detail, identifier, address, times)
select ${instantOf('r.at')}, r.account_id, r.dialect, r.method, r.path, r.status, r.reason, r.detail, r.identifier, r.address, r.times
from ${p.refused.as('r')}`,
});

const trim = statement('trim_refused_requests', {
  params: { accountIds: list(int4), most: int4 },
  // Index refused_requests_of_account. 0 stands for requests that name no account.
  text: (p) => `
delete from refused_requests t using (
  select a.id as account_id, (
    select r.id from refused_requests r where coalesce(r.account_id, 0) = a.id
    order by r.id desc offset ${p.most} limit 1) as last_id
  from unnest(${p.accountIds}) as a(id)
) old
where coalesce(t.account_id, 0) = old.account_id and t.id <= old.last_id`,
});

/** Deletes the oldest of these accounts beyond 1,000 each. */
export async function insertRefusedRequests(
  query: Query,
  refused: readonly NewRefusedRequest[],
): Promise<void> {
  await insert.run(query, { refused });
  const accountIds = [...new Set(refused.map(({ accountId }) => accountId ?? 0))];
  await trim.run(query, { accountIds, most: mostOfAccount });
}

const refusedRow = {
  id: int8,
  atMs: instant,
  account: nullable(text),
  dialect: text,
  method: text,
  path: text,
  status: int4,
  reason: nullable(text),
  detail: text,
  identifier: nullable(text),
  address: text,
  times: int4,
};

const listPage = statement('list_refused_requests', {
  params: { accountId: nullable(int4), reason: nullable(text), beforeId: int8, limit: int4 },
  row: refusedRow,
  text: (p) => `
select r.id, r.at as "atMs", a.service_name as account, r.dialect, r.method, r.path, r.status::int4 as status, r.reason,
  r.detail, r.identifier, r.address, r.times
from refused_requests r left join accounts a on a.id = r.account_id
where (${p.accountId} is null or r.account_id = ${p.accountId}) and (${p.reason} is null or r.reason = ${p.reason})
  and r.id < ${p.beforeId}
order by r.id desc limit ${p.limit}`,
});

export type RefusedRequest = RowOf<typeof refusedRow>;

/** Newest first. `accountId` null: of all accounts, and of none. */
export function listRefusedRequests(
  query: Query,
  page: {
    readonly accountId: number | null;
    readonly reason: string | null;
    readonly beforeId: number;
    readonly limit: number;
  },
): Promise<RefusedRequest[]> {
  return listPage.run(query, page);
}

const findCaller = statement('find_account_of_caller', {
  params: { kind: text, name: text },
  row: { accountId: int4 },
  // Of revoked keys and deleted applications too: their requests are the ones that are refused.
  text: (p) => `
(select account_id as "accountId" from credentials
  where ${p.kind} = 'login' and dialect = 'octopush' and lower(identifier) = lower(${p.name}) order by id desc limit 1)
union all
(select account_id from applications where ${p.kind} = 'application' and key = ${p.name} limit 1)
union all
(select id from accounts where ${p.kind} = 'service' and service_name = ${p.name})
limit 1`,
});

/** The account of a login, an application key or a service name; null: there is none. */
export async function findAccountOfCaller(
  query: Query,
  kind: 'login' | 'application' | 'service',
  name: string,
): Promise<number | null> {
  return (await findCaller.find(query, { kind, name }))?.accountId ?? null;
}

const removeOld = statement('delete_old_refused_requests', {
  params: { before: instant },
  text: (p) => `delete from refused_requests where at < ${p.before}`,
});

export async function deleteRefusedRequests(query: Query, beforeMs: number): Promise<void> {
  await removeOld.run(query, { before: beforeMs });
}
