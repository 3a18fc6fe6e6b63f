// Stores what accepted campaigns leave beside their messages. Used by submit-campaign.ts and submit-list.ts, each within the
// transaction that accepts the campaigns, so that both forms of a sending leave the same.
import type { AcceptedCampaign, Submitted } from '#domain/acceptance/chunking.ts';
import { sideRecordsOf } from '#domain/acceptance/side-records.ts';
import { insertOrigins } from '#store/campaigns/campaign-origins.ts';
import { insertReviews } from '#store/campaigns/campaign-reviews.ts';
import type { Query } from '#store/database/database.ts';
import { enqueueSkipped } from '#store/pipeline/callbacks.ts';
import { openConversations } from '#store/pipeline/conversations.ts';
import { insertSecretTexts } from '#store/pipeline/secret-texts.ts';

/**
 * One promise for each statement, all of them sent. They may be sent together with the accepting statement: each reads what
 * that one stored, so that an account that could not pay leaves nothing.
 */
export function storeTraces(
  query: Query,
  bucket: number,
  entries: readonly Submitted[],
  campaigns: readonly AcceptedCampaign[],
  nowMs: number,
): Promise<unknown>[] {
  const { conversations, reviews, skipped, origins, secrets } = sideRecordsOf(entries, campaigns);
  const sent: Promise<unknown>[] = [];
  if (conversations.length > 0) sent.push(openConversations(query, bucket, conversations));
  if (reviews.length > 0) sent.push(insertReviews(query, bucket, reviews, nowMs));
  if (skipped.length > 0) sent.push(enqueueSkipped(query, bucket, skipped));
  if (origins.length > 0) sent.push(insertOrigins(query, bucket, origins));
  if (secrets.length > 0) sent.push(insertSecretTexts(query, bucket, secrets));
  return sent;
}
