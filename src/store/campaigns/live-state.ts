// Marks by which a change of an account's messages, money and replies is seen, each read at the end of an index. Used for the
// live updates of the console, once a second for each account that somebody looks at.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int8, micros, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const stateRow = {
  lastCampaignId: nullable(int8),
  /** Messages accepted after the campaign that was known. */
  accepted: int8,
  /** Of the newest messages of the newest campaigns. */
  lastDoneAtMs: nullable(instant),
  lastEntryId: nullable(int8),
  lastReplyId: nullable(int8),
  lastAttemptId: nullable(int8),
  balanceMicros: micros,
  heldMicros: micros,
};

const read = statement('read_live_state', {
  params: { ...accountParams, sinceCampaignId: int8 },
  row: stateRow,
  text: (p) => `
select
  (select max(c.id) from campaigns c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId}) as "lastCampaignId",
  (select coalesce(sum(c.message_count), 0)::bigint from campaigns c
    where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id > ${p.sinceCampaignId}) as accepted,
  (select max(m.done_at) from (
      select c.first_message_id, c.message_count from campaigns c
      where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} order by c.id desc limit 50
    ) c
    join messages m on m.bucket = ${p.bucket} and m.id < c.first_message_id + c.message_count
      and m.id >= greatest(c.first_message_id, c.first_message_id + c.message_count - 100)) as "lastDoneAtMs",
  (select max(e.id) from ledger_entries e where e.bucket = ${p.bucket} and e.account_id = ${p.accountId}) as "lastEntryId",
  (select max(r.id) from replies r where r.bucket = ${p.bucket} and r.account_id = ${p.accountId}) as "lastReplyId",
  (select max(a.id) from callback_attempts a
    where a.bucket = ${p.bucket} and a.account_id = ${p.accountId}) as "lastAttemptId",
  b.balance_micros as "balanceMicros", b.held_micros as "heldMicros"
from balances b where b.bucket = ${p.bucket} and b.account_id = ${p.accountId}`,
});

export type LiveState = RowOf<typeof stateRow>;

export async function readLiveState(
  query: Query,
  account: AccountKey,
  sinceCampaignId: number,
): Promise<LiveState> {
  return (await read.find(query, { ...valuesOf(account), sinceCampaignId }))!;
}
