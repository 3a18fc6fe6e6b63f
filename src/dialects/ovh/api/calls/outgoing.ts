// Lists, reads and hides sent SMS of an account, a user or a number (docs/dialects/ovh.md#history). Used by call-table.ts.
// Contains the SMS of every dialect.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { type PeriodInput, readPeriod } from '#dialects/ovh/api/date-range.ts';
import { renderDate, renderDateOrNull } from '#dialects/ovh/api/dates.ts';
import { type DeliveryReceipt, deliveryOf, deliveryReceipts, isWaiting } from '#dialects/ovh/api/delivery.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { messageIdOf, messageUuidOf } from '#dialects/ovh/api/message-uuid.ts';
import { type InScope, inEachScope, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import type { HistoryFilter, SentMessage } from '#domain/delivery/history.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { measure } from '#gsm/segments.ts';

interface ListInput extends InScope, PeriodInput {
  readonly tag?: string;
  readonly sender?: string;
  readonly receiver?: string;
  readonly ptt?: number;
  readonly deliveryReceipt?: number;
  readonly differedDelivery?: number;
  readonly batchID?: string;
  readonly messageID?: string;
}

interface OneInput extends InScope {
  readonly id: number;
}

export const outgoingAnswers: Answers = inEachScope({
  'GET /outgoing': answer<ListInput>(async (call) => {
    const { services, access, input } = call;
    const filter = await readFilter(call);
    if (filter === null) return [];
    // Most clients ask for all: no message is read for its id.
    const { ptt, deliveryReceipt, differedDelivery, messageID } = input;
    if ([ptt, deliveryReceipt, differedDelivery, messageID].every((value) => value === undefined))
      return services.history.listIds(access, filter);
    const isWanted = messageTest(input, services.clock.now());
    if (messageID === undefined) return services.history.list(access, filter, isWanted);
    const id = messageIdOf(messageID);
    const message = id === null ? null : await services.history.read(access, id, filter);
    return message !== null && isWanted(message) ? [message.id] : [];
  }),

  'GET /outgoing/{id}': answer<OneInput>(async (call) => renderOutgoing(await findSent(call), call)),

  'DELETE /outgoing/{id}': answer<OneInput>(async (call) => {
    const { services, access, input } = call;
    // A waiting SMS is cancelled as a job: a hidden one would still leave.
    if (isWaiting(await findSent(call), services.clock.now())) throw unknownObject();
    if (!(await services.history.hide(access, input.id, await scopeOf(call)))) throw unknownObject();
  }),
});

export async function findSent(call: Call<OneInput>): Promise<SentMessage> {
  const { services, access, input } = call;
  const message = await services.history.read(access, input.id, await scopeOf(call));
  if (message === null) throw unknownObject();
  return message;
}

/** Null if no SMS can match: an invalid receiver, or two senders. */
async function readFilter(call: Call<ListInput>): Promise<HistoryFilter | null> {
  const { access, input } = call;
  const { tag, sender, receiver, batchID } = input;
  const scope = await scopeOf(call);
  const read =
    receiver === undefined ? null : readMsisdn(receiver.trim(), access.account.settings.defaultCountry);
  if (read?.ok === false) return null;
  if (scope.sender !== undefined && foldAddress(sender ?? scope.sender) !== foldAddress(scope.sender))
    return null;
  return {
    ...(sender === undefined ? {} : { sender }),
    ...scope,
    ...(tag === undefined ? {} : { tag }),
    ...(batchID === undefined ? {} : { batchId: batchID }),
    ...(read?.ok ? { msisdn: read.msisdn } : {}),
    ...readPeriod(input),
  };
}

function messageTest({ ptt, deliveryReceipt, differedDelivery }: ListInput, nowMs: number) {
  // A waiting SMS is a job: it is listed only with the filter deliveryReceipt=4.
  const wantsWaiting = deliveryReceipt === deliveryReceipts.waiting;
  return (message: SentMessage): boolean => {
    if (isWaiting(message, nowMs) !== wantsWaiting) return false;
    const delivery = deliveryOf(message);
    return (
      (deliveryReceipt === undefined || wantsWaiting || delivery.deliveryReceipt === deliveryReceipt) &&
      (ptt === undefined || delivery.ptt === ptt) &&
      (differedDelivery === undefined || differedMinutes(message) === differedDelivery)
    );
  };
}

function renderOutgoing(message: SentMessage, { services, access }: Call<unknown>) {
  const { deliveryReceipt, ptt } = deliveryAt(message, services.clock.now());
  const { id, text, sender, tag, batchId, country, segments, status } = message;
  const costMicros = deliveryReceipt === deliveryReceipts.notBilled ? 0n : message.costMicros;
  return {
    id,
    batchID: batchId,
    creationDatetime: renderDate(message.createdAtMs),
    credits: toCredits(costMicros, services.credit.creditPriceMicros(access)),
    deliveredAt: status === 'delivered' ? renderDateOrNull(message.doneAtMs) : null,
    deliveryReceipt,
    differedDelivery: differedMinutes(message),
    message: text,
    messageID: messageUuidOf(id),
    messageLength: measure(text).units,
    numberOfSms: segments,
    ptt,
    receiver: `+${message.msisdn}`,
    sender: sender ?? '',
    sentAt: renderDateOrNull(message.submittedAtMs),
    tag: tag ?? '',
    tariffCode: country,
  };
}

function deliveryAt(message: SentMessage, nowMs: number): { deliveryReceipt: DeliveryReceipt; ptt: number } {
  const delivery = deliveryOf(message);
  return isWaiting(message, nowMs) ? { ...delivery, deliveryReceipt: deliveryReceipts.waiting } : delivery;
}

/** Minutes between acceptance and due time. */
function differedMinutes({ createdAtMs, dueAtMs }: SentMessage): number {
  return Math.max(0, Math.round((dueAtMs - createdAtMs) / 60_000));
}
