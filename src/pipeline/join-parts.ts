// Stores the parts of long replies and joins those that are complete or overdue. Used by the recording of replies.
// The parts are in the database, so any process joins them, and a restart loses none.
import {
  type JoinedReply,
  joinOverdueParts,
  joinParts,
  joinWithinMs,
  type NewPart,
  rememberJoinedMs,
} from '#domain/recipients/inbound-part.ts';
import type { Query } from '#store/database/database.ts';
import {
  deleteJoinedParts,
  insertParts,
  listOverdue,
  listParts,
  markJoined,
} from '#store/pipeline/inbound-parts.ts';
import { lockPhones } from '#store/pipeline/replies.ts';

/** Returns the replies that these parts complete. The caller has locked the phones. */
export async function joinArrivedParts(
  query: Query,
  parts: readonly NewPart[],
  nowMs: number,
): Promise<readonly JoinedReply[]> {
  const stored = await listParts(query, parts, nowMs - rememberJoinedMs);
  const { inserted, joinedIds, replies } = joinParts(stored, parts);
  if (inserted.length > 0) await insertParts(query, inserted, nowMs);
  if (joinedIds.length > 0) await markJoined(query, joinedIds, nowMs);
  return replies;
}

/**
 * Returns long replies that have waited too long for a part, at most `limit`, with the parts that arrived. `count` is the
 * number of overdue replies. Locks their phones. Deletes parts that were joined some time ago.
 */
export async function joinOverdue(
  query: Query,
  nowMs: number,
  limit: number,
): Promise<{ replies: readonly JoinedReply[]; count: number }> {
  await deleteJoinedParts(query, nowMs - rememberJoinedMs, deletedAtOnce);
  const beforeMs = nowMs - joinWithinMs;
  const overdue = await listOverdue(query, beforeMs, limit);
  if (overdue.length === 0) return { replies: [], count: 0 };
  await lockPhones(
    query,
    overdue.map(({ msisdn, source }) => (msisdn === null ? source : String(msisdn))),
  );
  // Read again: before the lock, another process may have joined them or stored another part.
  const stored = await listParts(query, overdue, nowMs);
  const still = [...Map.groupBy(stored, keyOf).values()].filter((parts) =>
    parts.every((part) => part.receivedAtMs <= beforeMs),
  );
  const { replies, joinedIds } = joinOverdueParts(still.flat());
  if (joinedIds.length > 0) await markJoined(query, joinedIds, nowMs);
  return { replies, count: overdue.length };
}

/** Ten times the parts of a busy link between two rounds. */
const deletedAtOnce = 10_000;

function keyOf({ connectorId, source, recipient, reference, total }: NewPart): string {
  return JSON.stringify([connectorId, source, recipient, reference, total]);
}
