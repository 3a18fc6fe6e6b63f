// Stores what accepted campaigns leave beside their messages (domain/acceptance/side-records.ts). Used by both ways of acceptance.
import type { SideRecords } from '#domain/acceptance/side-records.ts';
import { insertNotes } from '#store/campaign-notes.ts';
import { insertOrigins } from '#store/campaigns/campaign-origins.ts';
import { insertReviews } from '#store/campaigns/campaign-reviews.ts';
import type { Query } from '#store/database/database.ts';
import { enqueueSkipped } from '#store/pipeline/callbacks.ts';
import { openConversations } from '#store/pipeline/conversations.ts';
import { insertSecretTexts } from '#store/pipeline/secret-texts.ts';

/**
 * Sent together with the accepting statement: each of these reads what that one stored, so an account that could not pay
 * stores nothing.
 */
export function insertTraces(
  query: Query,
  bucket: number,
  traces: SideRecords,
  nowMs: number,
): Promise<unknown>[] {
  const { conversations, reviews, skipped, origins, secrets, notes } = traces;
  const sent: Promise<unknown>[] = [];
  if (conversations.length > 0) sent.push(openConversations(query, bucket, conversations));
  if (reviews.length > 0) sent.push(insertReviews(query, bucket, reviews, nowMs));
  if (skipped.length > 0) sent.push(enqueueSkipped(query, bucket, skipped));
  if (origins.length > 0) sent.push(insertOrigins(query, bucket, origins));
  if (secrets.length > 0) sent.push(insertSecretTexts(query, bucket, secrets));
  if (notes.length > 0) sent.push(insertNotes(query, bucket, notes));
  return sent;
}
