// Callbacks that fail, by account: pending ones that were tried, and those that were given up. Used by the operator's view of
// deliveries. Reads the pending callbacks and the index of those that were given up, never the whole log.
import { instant, int2, int4, int8, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const failingRow = {
  accountId: int4,
  /** All pending ones. */
  pending: int8,
  /** Of them, tried at least once. */
  failing: int8,
  failingSinceMs: nullable(instant),
  nextAttemptAtMs: nullable(instant),
};

const listFailing = statement('list_failing_callbacks', {
  params: { bucket: int2, limit: int4 },
  row: failingRow,
  text: (p) => `
select account_id as "accountId", count(*) as pending, count(*) filter (where attempts > 0) as failing,
  min(created_at) filter (where attempts > 0) as "failingSinceMs", min(due_at) filter (where attempts > 0) as "nextAttemptAtMs"
from callbacks where bucket = ${p.bucket}
group by account_id having count(*) filter (where attempts > 0) > 0
order by failing desc, account_id limit ${p.limit}`,
});

export type FailingAccount = RowOf<typeof failingRow>;

/** The accounts of a bucket with the most callbacks that were tried in vain. */
export function listFailingAccounts(query: Query, bucket: number, limit: number): Promise<FailingAccount[]> {
  return listFailing.run(query, { bucket, limit });
}

const givenUpRow = { accountId: int4, messages: int8, lastAtMs: instant };

const listGivenUp = statement('list_given_up_accounts', {
  params: { bucket: int2, since: instant },
  row: givenUpRow,
  // Index callback_attempts_given_up.
  text: (p) => `
select account_id as "accountId", sum(cardinality(failed_ids))::bigint as messages, max(at) as "lastAtMs"
from callback_attempts where bucket = ${p.bucket} and gave_up and at >= ${p.since}
group by account_id order by account_id`,
});

export type GivenUpAccount = RowOf<typeof givenUpRow>;

/** The accounts of a bucket with callbacks that were given up since this instant, and the number of their messages. */
export function listGivenUpAccounts(
  query: Query,
  bucket: number,
  sinceMs: number,
): Promise<GivenUpAccount[]> {
  return listGivenUp.run(query, { bucket, since: sinceMs });
}
