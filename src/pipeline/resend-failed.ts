// Receipts of failure after which a message is sent again over another carrier. A part of record-receipts.ts.
//
// The failure and the chunk of the next attempt are stored in one transaction, under the lock of the message, before the carrier
// gets its answer. A failure that is stored is not told to the customer, and a repetition of it changes nothing. A carrier that
// delivers the whole message later all the same counts once.

import { priorityClassOf } from '#domain/base/priority-classes.ts';
import { type ReceiptOfSegment, type StatusUpdate, statusUpdatesOf } from '#domain/delivery/status-update.ts';
import type { Route } from '#domain/routing/choose.ts';
import type { CostTable } from '#domain/routing/costs.ts';
import { namesFailure, type ResendRule, resendUntil, usualResend } from '#domain/routing/resend.ts';
import type { Query } from '#store/database/database.ts';
import {
  addLateSegments,
  type FailedAttempt,
  insertResends,
  type LockedMessage,
  listFailedAttempts,
  lockFailedMessages,
  type NewResend,
} from '#store/pipeline/resends.ts';
import type { Context } from './context.ts';

/** The routes now, for the decision. */
export interface ResendRouting {
  readonly routes: readonly Route[];
  readonly costs: CostTable;
}

/** A receipt whose segment names the route. */
export interface RoutedReceipt extends ReceiptOfSegment {
  readonly segment: ReceiptOfSegment['segment'] & { readonly routeId: number | null };
}

interface Review {
  readonly context: Pick<Context, 'database'>;
  readonly bucket: number;
  readonly routing: ResendRouting;
  readonly nowMs: number;
}

export interface Reviewed {
  /** The status updates that are left. */
  readonly updates: readonly StatusUpdate[];
  /** Messages that are sent again. */
  readonly resent: number;
}

/** A status update with a failure that the rule of its route names. */
interface Candidate {
  readonly update: StatusUpdate;
  readonly rule: ResendRule;
}

/** Stores the failures after which messages of one bucket are sent again, and returns what the receipts say else. */
export async function reviewFailures(review: Review, items: readonly RoutedReceipt[]): Promise<Reviewed> {
  const { context, bucket, routing, nowMs } = review;
  const ids = [...new Set(items.map(({ segment }) => segment.messageId))];
  const failed = keysOf(await listFailedAttempts(context.database.query, bucket, ids));
  const late = items.filter((item) => failed.has(keyOf(attemptOf(item))));
  const current = late.length === 0 ? items : items.filter((item) => !late.includes(item));
  const updates = statusUpdatesOf(current, nowMs);
  const candidates = candidatesOf(updates, current, routing.routes);
  if (late.length === 0 && candidates.length === 0) return { updates, resent: 0 };
  return context.database.transaction(async (query) => {
    const { resends, repeated } = await planResends(review, query, candidates);
    if (resends.length > 0) await insertResends(query, bucket, resends, nowMs);
    const taken = new Set([...resends.map(({ messageId }) => messageId), ...repeated]);
    const others = updates.filter(({ messageId }) => !taken.has(messageId));
    const all = [...others, ...(await lateSuccesses(review, query, late))];
    // Messages are locked in ascending order.
    return { updates: all.sort((a, b) => a.messageId - b.messageId), resent: resends.length };
  });
}

function candidatesOf(
  updates: readonly StatusUpdate[],
  items: readonly RoutedReceipt[],
  routes: readonly Route[],
): Candidate[] {
  const routeIds = new Map<string, number | null>();
  for (const item of items) routeIds.set(keyOf(attemptOf(item)), item.segment.routeId);
  return updates.flatMap((update) => {
    const { messageId, connectorId, status, error } = update;
    if (status === 'delivered' || connectorId === null) return [];
    const routeId = routeIds.get(keyOf({ messageId, connectorId })) ?? null;
    const route = routeId === null ? undefined : routes.find(({ id }) => id === routeId);
    if (route?.resendOn === undefined) return [];
    const rule = { ...usualResend, ...route, resendOn: route.resendOn };
    return namesFailure(rule, status, error) ? [{ update, rule }] : [];
  });
}

/** `repeated`: another process has stored the same failure meanwhile. */
async function planResends(
  { bucket, routing, nowMs }: Review,
  query: Query,
  candidates: readonly Candidate[],
): Promise<{ resends: NewResend[]; repeated: number[] }> {
  if (candidates.length === 0) return { resends: [], repeated: [] };
  const ids = candidates.map(({ update }) => update.messageId);
  const locked = new Map(
    (await lockFailedMessages(query, bucket, ids)).map((message) => [message.id, message]),
  );
  // After the locks: another process may have stored a failure while this one waited.
  const attempts = Map.groupBy(await listFailedAttempts(query, bucket, ids), ({ messageId }) => messageId);
  const resends: NewResend[] = [];
  const repeated: number[] = [];
  for (const { update, rule } of candidates) {
    const message = locked.get(update.messageId);
    const connectorId = update.connectorId!;
    if (message === undefined || !isUnderWay(message)) continue;
    const before = (attempts.get(message.id) ?? []).map((attempt) => attempt.connectorId);
    if (before.includes(connectorId)) {
      repeated.push(message.id);
      continue;
    }
    const submittedAtMs = update.submittedAtMs ?? nowMs;
    const failedIds = new Set([...before, connectorId]);
    const untilMs = resendUntil(rule, { ...message, submittedAtMs, failedIds }, { ...routing, nowMs });
    if (untilMs === null) continue;
    resends.push({
      ...{ messageId: message.id, connectorId, status: update.status, error: update.error },
      ...{ deliveredSegments: update.deliveredSegments, submittedAtMs, failedAtMs: update.atMs, untilMs },
      priorityClass: priorityClassOf(message.purpose, 1),
    });
  }
  return { resends, repeated };
}

function isUnderWay({ status }: LockedMessage): boolean {
  return status === 'accepted' || status === 'submitted';
}

/** A carrier that had reported a failure has delivered the whole message: that is its end. */
async function lateSuccesses(
  { bucket, nowMs }: Review,
  query: Query,
  late: readonly RoutedReceipt[],
): Promise<StatusUpdate[]> {
  const delivered = late.filter(({ receipt }) => receipt.state === 'delivered');
  const updates: StatusUpdate[] = [];
  for (const [connectorId, items] of Map.groupBy(delivered, (item) => item.connectorId)) {
    const ofCarrier = statusUpdatesOf(items, nowMs);
    const found = await addLateSegments(
      query,
      bucket,
      ofCarrier.map(({ messageId, deliveredSegments }) => ({ messageId, connectorId, deliveredSegments })),
    );
    const complete = new Set(found.flatMap(({ messageId, isComplete }) => (isComplete ? [messageId] : [])));
    for (const update of ofCarrier)
      if (complete.has(update.messageId)) updates.push({ ...update, deliveredSegments: allSegments });
  }
  return updates;
}

/** All bits: those beyond the last segment count for nothing. */
const allSegments = -1;

function attemptOf({ connectorId, segment }: RoutedReceipt): FailedAttempt {
  return { messageId: segment.messageId, connectorId };
}

function keysOf(attempts: readonly FailedAttempt[]): ReadonlySet<string> {
  return new Set(attempts.map(keyOf));
}

function keyOf({ messageId, connectorId }: FailedAttempt): string {
  return `${messageId} ${connectorId}`;
}
