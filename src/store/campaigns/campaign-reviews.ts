// Campaigns that look like advertising though they were sent as transactional: noted with the messages, listed for the
// operator, and released or ended by him.
import type { NewReview } from '#domain/acceptance/side-records.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

export type ReviewState = 'noted' | 'held' | 'released' | 'refused' | 'cancelled';

const insertStatement: Statement = {
  name: 'insert_reviews',
  // Joined with what the accepting statement wrote: a campaign that was not paid for is not there.
  text: `
insert into campaign_reviews (bucket, account_id, campaign_id, cues, state, at)
select c.bucket, c.account_id, c.id, r.cues::text[], r.state, to_timestamp($6::float8 / 1000)
from (select $1::smallint as bucket, r.* from unnest($2::int[], $3::bigint[], $4::text[], $5::text[])
  as r(account_id, campaign_id, state, cues)) r
cross join lateral (
  select * from campaigns c where c.bucket = r.bucket and c.account_id = r.account_id and c.id = r.campaign_id
  offset 0
) c`,
};

/** Of campaigns of one bucket that were accepted in this transaction. */
export async function insertReviews(
  query: Query,
  bucket: number,
  reviews: readonly NewReview[],
  nowMs: number,
): Promise<void> {
  await query(insertStatement, [
    bucket,
    numbers(reviews.map((r) => r.accountId)),
    numbers(reviews.map((r) => r.campaignId)),
    texts(reviews.map((r) => r.state)),
    texts(reviews.map((r) => texts(r.cues))),
    nowMs,
  ]);
}

/** Ends the review of a held campaign; false when it is not held (any more). */
export async function endReview(
  query: Query,
  bucket: number,
  accountId: number,
  campaignId: number,
  state: Exclude<ReviewState, 'noted' | 'held'>,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update campaign_reviews set state = $4, reviewed_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and campaign_id = $3 and state = 'held' returning 1`,
    [bucket, accountId, campaignId, state, nowMs],
  );
  return rows.length > 0;
}

/** Gives the chunks of a held campaign a time: the one it asked for, or now. Held chunks are shared with nobody. */
export async function releaseHeldChunks(
  query: Query,
  bucket: number,
  accountId: number,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await query(
    `update chunks k set due_at = greatest(c.due_at, to_timestamp($4::float8 / 1000)),
       start_tag_at = greatest(c.due_at, to_timestamp($4::float8 / 1000))
     from campaigns c
     where c.bucket = $1 and c.account_id = $2 and c.id = $3
       and k.bucket = c.bucket and k.id >= c.first_message_id and k.id < c.first_message_id + c.message_count
       and k.due_at = 'infinity'`,
    [bucket, accountId, campaignId, nowMs],
  );
}

export interface ListedCampaign {
  readonly campaignId: number;
  readonly accountId: number;
  readonly serviceName: string;
  readonly messageCount: number;
  readonly text: string;
  readonly createdAtMs: number;
  readonly isCancelled: boolean;
  /** Null when its text looks like what it was sent as. */
  readonly state: ReviewState | null;
  readonly cues: readonly string[] | null;
  /** How many campaigns of the account were flagged, of those that are kept. */
  readonly flaggedOfAccount: number;
}

/** The latest campaigns, newest first; with `isHeld` those that wait for the operator. */
export async function listCampaigns(query: Query, isHeld: boolean, limit: number): Promise<ListedCampaign[]> {
  return query<ListedCampaign>(
    `select c.id as "campaignId", c.account_id as "accountId", a.service_name as "serviceName",
       c.message_count as "messageCount", c.text, c.created_at as "createdAtMs",
       c.cancelled_at is not null as "isCancelled", r.state, r.cues,
       (select count(*) from campaign_reviews f where f.bucket = c.bucket and f.account_id = c.account_id)
         as "flaggedOfAccount"
     from campaigns c join accounts a on a.id = c.account_id
     left join campaign_reviews r on r.bucket = c.bucket and r.account_id = c.account_id and r.campaign_id = c.id
     where not $1 or r.state = 'held' order by c.id desc limit $2`,
    [isHeld, limit],
  );
}

/** The account whose campaign this is, as [bucket, account]; null when there is none. */
export async function findOwner(
  query: Query,
  campaignId: number,
): Promise<{ readonly bucket: number; readonly accountId: number } | null> {
  const [row] = await query<{ bucket: number; accountId: number }>(
    `select bucket, account_id as "accountId" from campaigns
     where bucket in (select bucket from accounts) and id = $1`,
    [campaignId],
  );
  return row ?? null;
}
