// Reviews of campaigns that read like advertising and were sent as transactional. Used by acceptance, cancellation and the
// operator's review service. Stored with the campaign; the operator releases or ends a held one.
import type { NewReview } from '#domain/acceptance/side-records.ts';
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  instant,
  int2,
  int4,
  int8,
  list,
  nullable,
  packed,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export type ReviewState = 'noted' | 'held' | 'released' | 'refused' | 'cancelled';

export interface ListedCampaign {
  readonly campaignId: number;
  readonly accountId: number;
  readonly serviceName: string;
  readonly messageCount: number;
  readonly text: string;
  readonly createdAtMs: number;
  readonly isCancelled: boolean;
  /** Null if its text reads like the purpose it was sent with. */
  readonly state: ReviewState | null;
  readonly cues: readonly string[] | null;
  /** The number of stored campaigns of the account with a review. */
  readonly flaggedOfAccount: number;
}

const insert = statement('insert_reviews', {
  params: {
    bucket: int2,
    reviews: rows<NewReview>({
      account_id: of(int4, (r) => r.accountId),
      campaign_id: of(int8, (r) => r.campaignId),
      state: of(text, (r) => r.state),
      cues: of(packed(text), (r) => r.cues),
    }),
    now: instant,
  },
  // Joins the accepted campaigns: an account without credit stores nothing.
  text: (p) => `
insert into campaign_reviews (bucket, account_id, campaign_id, cues, state, at)
select ${p.bucket}, c.account_id, c.id, r.cues::text[], r.state, ${p.now} from ${p.reviews.as('r')}
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = r.account_id and c.id = r.campaign_id
  offset 0
) c`,
});

/** Of campaigns of one bucket that this transaction accepted. */
export async function insertReviews(
  query: Query,
  bucket: number,
  reviews: readonly NewReview[],
  nowMs: number,
): Promise<void> {
  await insert.run(query, { bucket, reviews, now: nowMs });
}

const end = statement('end_review', {
  params: { ...accountParams, campaignId: int8, state: word<ReviewState>(), now: instant },
  row: { campaignId: int8 },
  text: (p) => `
update campaign_reviews set state = ${p.state}, reviewed_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and campaign_id = ${p.campaignId} and state = 'held'
returning campaign_id as "campaignId"`,
});

/** Ends the review of a held campaign. False if it is not held. */
export async function endReview(
  query: Query,
  account: AccountKey,
  campaignId: number,
  state: Exclude<ReviewState, 'noted' | 'held'>,
  nowMs: number,
): Promise<boolean> {
  return (await end.find(query, { ...valuesOf(account), campaignId, state, now: nowMs })) !== null;
}

const releaseChunks = statement('release_held_chunks', {
  params: { ...accountParams, campaignId: int8, now: instant },
  text: (p) => `
update chunks k set due_at = greatest(c.due_at, ${p.now}), start_tag_at = greatest(c.due_at, ${p.now})
from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}
  and k.bucket = ${p.bucket} and k.id >= c.first_message_id and k.id < c.first_message_id + c.message_count
  and k.due_at = 'infinity'`,
});

/** Sets the due time of held chunks: the requested time, or now. A held chunk has messages of one campaign only. */
export async function releaseHeldChunks(
  query: Query,
  account: AccountKey,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  await releaseChunks.run(query, { ...valuesOf(account), campaignId, now: nowMs });
}

const listAll = statement('list_newest_campaigns', {
  params: { isHeld: boolean, limit: int4 },
  row: {
    campaignId: int8,
    accountId: int4,
    serviceName: text,
    messageCount: int4,
    text,
    createdAtMs: instant,
    isCancelled: boolean,
    state: nullable(word<ReviewState>()),
    cues: nullable(list(text)),
    flaggedOfAccount: int8,
  },
  // Over all buckets: the operator's list.
  text: (p) => `
select c.id as "campaignId", c.account_id as "accountId", a.service_name as "serviceName",
  c.message_count as "messageCount", c.text, c.created_at as "createdAtMs",
  c.cancelled_at is not null as "isCancelled", r.state, r.cues,
  (select count(*) from campaign_reviews f where f.bucket = c.bucket and f.account_id = c.account_id)
    as "flaggedOfAccount"
from campaigns c join accounts a on a.id = c.account_id
left join campaign_reviews r on r.bucket = c.bucket and r.account_id = c.account_id and r.campaign_id = c.id
where not ${p.isHeld} or r.state = 'held' order by c.id desc limit ${p.limit}`,
});

/** Campaigns of all accounts, newest first; with `isHeld` only those that wait for the operator. */
export function listNewestCampaigns(query: Query, isHeld: boolean, limit: number): Promise<ListedCampaign[]> {
  return listAll.run(query, { isHeld, limit });
}

const findAccount = statement('find_account_of_campaign', {
  params: { campaignId: int8 },
  row: { bucket: int2, id: int4 },
  // Over all buckets: the operator's command. The list of buckets lets the primary key serve it.
  text: (p) => `
select bucket, account_id as id from campaigns
where bucket in (select bucket from accounts) and id = ${p.campaignId}`,
});

/** The account of a campaign, for the operator; null if there is no such campaign. */
export function findAccountOfCampaign(query: Query, campaignId: number): Promise<AccountKey | null> {
  return findAccount.find(query, { campaignId });
}
