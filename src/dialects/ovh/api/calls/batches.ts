// Creates, reads, renames, cancels and deletes batches (docs/dialects/ovh.md#batches). Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate, renderDateOrNull } from '#dialects/ovh/api/dates.ts';
import { badParameter, OvhRefusal, renderRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { readMessage, readTag, requireOrigin } from '#dialects/ovh/api/job-order.ts';
import { readNumbers } from '#dialects/ovh/api/job-receivers.ts';
import { flashOf, type Origin, ovhDefaults, sendingFrom } from '#dialects/ovh/sending.ts';
import type { Batch, BatchError, BatchOrder } from '#domain/campaign/batch.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import type { NewBatch } from '#operations/sending/batches/service.ts';

interface BatchInput {
  readonly message: string;
  readonly name?: string;
  readonly from?: string;
  readonly senderForResponse?: boolean;
  readonly to?: readonly string[];
  readonly slotID?: string;
  readonly deferred?: number;
  readonly noStop?: boolean;
  readonly tag?: string;
  readonly class?: 'FLASH' | 'PHONE' | 'SIM';
}

interface OneInput {
  readonly id: string;
}

export const batchAnswers: Answers = {
  'GET /sms/{serviceName}/batches': answer(async (call) =>
    (await call.services.batches.list(call.access)).map((batch) => renderBatch(batch, call)),
  ),

  'POST /sms/{serviceName}/batches': answer<BatchInput>(async (call) => {
    const { services, access, input } = call;
    const order = { name: readName(input.name), order: await readOrder(call), to: await readTarget(call) };
    return renderBatch(await services.batches.create(access, order), call);
  }),

  'GET /sms/{serviceName}/batches/{id}': answer<OneInput>(async (call) => {
    const batch = await call.services.batches.read(call.access, call.input.id);
    if (batch === null) throw unknownObject();
    return renderBatch(batch, call);
  }),

  'PUT /sms/{serviceName}/batches/{id}': answer<OneInput & { readonly name: string }>(async (call) => {
    const { services, access, input } = call;
    const batch = await services.batches.rename(access, input.id, readName(input.name));
    if (batch === null) throw unknownObject();
    return renderBatch(batch, call);
  }),

  'DELETE /sms/{serviceName}/batches/{id}': answer<OneInput>(async ({ services, access, input }) => {
    const outcome = await services.batches.remove(access, input.id);
    if (outcome === 'unknown') throw unknownObject();
    if (outcome === 'under-way') throw new OvhRefusal(409, 'This batch is not finished: cancel it first');
  }),

  'POST /sms/{serviceName}/batches/{id}/cancel': answer<OneInput>(async (call) => {
    const outcome = await call.services.batches.cancel(call.access, call.input.id);
    if (outcome === 'unknown') throw unknownObject();
    if (outcome === 'too-late') throw new OvhRefusal(409, 'SMS of this batch have been sent already');
    return renderBatch(outcome, call);
  }),

  'GET /sms/{serviceName}/batches/{id}/statistics': answer<OneInput>(async ({ services, access, input }) => {
    const { id } = input;
    const { batches, credit } = services;
    const [batch, counts] = [await batches.read(access, id), await batches.statistics(access, id)];
    if (batch === null || counts === null) throw unknownObject();
    const priceMicros = credit.creditPriceMicros(access);
    const { pending, sent, delivered, failed, stopped: stoplisted, costMicros } = counts;
    const estimatedCredits = toCredits(batch.estimatedMicros, priceMicros);
    const credits = toCredits(costMicros, priceMicros);
    return { id, estimatedCredits, credits, pending, sent, delivered, failed, stoplisted };
  }),
};

const maxNameLength = 255;

function readName(name = ''): string {
  const text = cleanText(name);
  if (text.length > maxNameLength)
    throw badParameter('name', `A name has at most ${maxNameLength} characters`);
  return text;
}

const classes = { FLASH: 0, PHONE: 1, SIM: 2 } as const;

async function readOrder({ services, access, input }: Call<BatchInput>): Promise<BatchOrder> {
  const text = readMessage(input.message);
  const { from = '', senderForResponse = false, noStop = false } = input;
  if (from.trim() === '' && !senderForResponse)
    throw badParameter('from', 'Name a sender, or ask for senderForResponse');
  const origin = await requireOrigin(services, access, { sender: from, senderForResponse }, text);
  const { dryRun: _, ...defaults } = ovhDefaults;
  const tag = readTag(input.tag);
  const { messageClass, notes } = flashOf(access.account, classes[input.class ?? 'PHONE']);
  return {
    ...defaults,
    dialect: 'ovh',
    text,
    ...sendingFrom(origin, noStop, notes),
    ...advertisingOf(origin, noStop),
    sendAtMs: input.deferred ?? null,
    ...messageClass,
    label: { tag: tag === '' ? null : tag, userId: null, batchId: null },
    readsNationalNumbers: input.slotID !== undefined || access.account.settings.readsNationalReceivers,
  };
}

/**
 * Quirk: a batch from a virtual number has the stop clause, like one with an alphanumeric sender
 * (docs/dialects/ovh.md#sending, the sample of a batch).
 */
function advertisingOf({ kind }: Origin, noStop: boolean): Partial<BatchOrder> {
  return kind === 'own-number' && !noStop ? { purpose: 'marketing', stopClause: 'appended' } : {};
}

async function readTarget({ services, access, input }: Call<BatchInput>): Promise<NewBatch['to']> {
  const { to = [], slotID = '' } = input;
  if (slotID === '') {
    return { receivers: readNumbers('to', to) };
  }
  if (to.length > 0) throw badParameter('to', 'Name receivers or a slot of receivers, not both');
  const slotId = Number(slotID);
  const slot = /^[1-9]$/.test(slotID)
    ? await services.recipientSlots.read(access, { userId: null, slot: slotId })
    : null;
  if (slot === null) throw badParameter('slotID', 'There is no list in this slot');
  return { slotId, records: slot.records };
}

/** sms.Batch */
function renderBatch(batch: Batch, { services, access }: Call<unknown>) {
  const { id, name, order, status, slotId, dueAtMs } = batch;
  const hasBegun = status === 'inserted' || status === 'completed';
  return {
    id,
    accountID: access.account.id,
    name,
    message: order.text,
    from: order.sender,
    receivers: batch.receivers,
    slotID: slotId === null ? null : String(slotId),
    status: status.toUpperCase(),
    totalRecords: batch.totalRecords,
    processedRecords: batch.processedRecords,
    estimatedCredits: toCredits(batch.estimatedMicros, services.credit.creditPriceMicros(access)),
    errors: batch.errors.map(renderError),
    createdAt: renderDate(batch.createdAtMs),
    updatedAt: renderDate(batch.updatedAtMs),
    startedAt: renderDateOrNull(batch.startedAtMs),
    sentAt: renderDateOrNull(
      hasBegun && dueAtMs !== null && dueAtMs <= services.clock.now() ? dueAtMs : null,
    ),
    finishedAt: renderDateOrNull(batch.finishedAtMs),
  };
}

function renderError({ receiver, ...refusal }: BatchError) {
  return { receiver, message: renderRefusal(refusal).message };
}
