// Inserts the side records of accepted campaigns: conversations, reviews, skipped recipients, origins, texts to mask.
// Shared by submit-campaign.ts and submit-recipient-list.ts, each within the transaction that accepts the campaigns, so
// that both store the same. Nearly all campaigns have none.
import type { AcceptedCampaign, Submitted } from '#domain/acceptance/chunking.ts';
import { sideRecordsOf } from '#domain/acceptance/side-records.ts';
import { insertOrigins } from '#store/campaigns/campaign-origins.ts';
import { insertReviews } from '#store/campaigns/campaign-reviews.ts';
import type { Query } from '#store/database/database.ts';
import { enqueueSkipped } from '#store/pipeline/callbacks.ts';
import { openConversations } from '#store/pipeline/conversations.ts';
import { insertSecretTexts } from '#store/pipeline/secret-texts.ts';

/**
 * Returns one promise for each statement; all are sent together. Each statement joins the accepted campaigns: an account
 * without credit stores nothing.
 */
export function insertSideRecords(
  query: Query,
  bucket: number,
  entries: readonly Submitted[],
  campaigns: readonly AcceptedCampaign[],
  nowMs: number,
): Promise<unknown>[] {
  const records = sideRecordsOf(entries, campaigns);
  const { conversations, reviews, skipped, origins, secrets } = records;
  const sent: Promise<unknown>[] = [];
  if (conversations.length > 0) sent.push(openConversations(query, bucket, conversations));
  if (reviews.length > 0) sent.push(insertReviews(query, bucket, reviews, nowMs));
  if (skipped.length > 0) sent.push(enqueueSkipped(query, bucket, skipped));
  if (origins.length > 0) sent.push(insertOrigins(query, bucket, origins));
  if (secrets.length > 0) sent.push(insertSecretTexts(query, bucket, secrets));
  return sent;
}
