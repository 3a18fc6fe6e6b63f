// Reads the callbacks of a claimed row: receipts of its messages, a reply, or a skipped recipient.
// Used by push-callbacks.ts. Never changes a row.

import type { Callback } from '#domain/delivery/callback.ts';
import { addFacts, receiptPayload, replyPayload, skippedPayload } from '#domain/delivery/callback-payload.ts';
import { readOrigin } from '#store/campaigns/campaign-origins.ts';
import type { Query } from '#store/database/database.ts';
import { readCallbackFacts } from '#store/pipeline/callback-facts.ts';
import type { PendingCallback } from '#store/pipeline/callbacks.ts';
import { readFinishedMessages } from '#store/pipeline/messages.ts';
import { readReply } from '#store/pipeline/replies.ts';
import { findSubmittedPart } from '#store/pipeline/submitted-parts.ts';

/** Empty if the messages or the reply of the row are deleted. */
export function readCallbacks(query: Query, row: PendingCallback): Promise<Callback[]> {
  if (row.messageIds !== null) return readReceipts(query, row.bucket, row.messageIds);
  return row.kind === 'skipped' ? readSkipped(query, row) : readReplyOf(query, row);
}

/** Adds the facts of callbacks over a bind, those of a part of a text included. */
export async function readFactsOfBind(
  query: Query,
  row: PendingCallback,
  callbacks: readonly Callback[],
): Promise<Callback[]> {
  if (row.kind !== 'skipped') return readFacts(query, row.bucket, callbacks);
  const part = await findSubmittedPart(query, { bucket: row.bucket, id: row.accountId }, row.campaignId!);
  if (part === null) return [];
  const { returnPath, receivedAtMs: acceptedAtMs } = part;
  const facts = { tag: null, userId: null, wasTaken: false, returnPath, textStart: '', acceptedAtMs };
  return callbacks.map((callback) => ({ ...callback, facts }));
}

/** Adds the facts that some channels report (`CallbackChannel.needsFacts`). */
export async function readFacts(
  query: Query,
  bucket: number,
  callbacks: readonly Callback[],
): Promise<Callback[]> {
  const ids = callbacks.flatMap(({ messageId }) => (messageId === null ? [] : [messageId]));
  return addFacts(callbacks, await readCallbackFacts(query, bucket, ids));
}

async function readReceipts(query: Query, bucket: number, ids: readonly number[]): Promise<Callback[]> {
  return (await readFinishedMessages(query, bucket, ids)).map(receiptPayload);
}

async function readSkipped(query: Query, row: PendingCallback): Promise<Callback[]> {
  const { wholeId, listName } = await readOriginOf(query, row, row.campaignId);
  return [skippedPayload(row, wholeId ?? row.campaignId!, listName)];
}

async function readReplyOf(query: Query, row: PendingCallback): Promise<Callback[]> {
  const reply = await readReply(query, row.bucket, row.accountId, row.replyId!);
  if (reply === null) return [];
  const { wholeId } = await readOriginOf(query, row, reply.campaignId ?? row.campaignId);
  const campaignId = wholeId ?? reply.campaignId ?? row.campaignId;
  return [replyPayload({ ...reply, campaignId }, reply.isOptOut ? 'opt-out' : 'reply')];
}

const noOrigin = { wholeId: null, listName: null };

async function readOriginOf(
  query: Query,
  { bucket, accountId }: PendingCallback,
  campaignId: number | null,
): Promise<{ readonly wholeId: number | null; readonly listName: string | null }> {
  if (campaignId === null) return noOrigin;
  return (await readOrigin(query, { bucket, id: accountId }, campaignId)) ?? noOrigin;
}
