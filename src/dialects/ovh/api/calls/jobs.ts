// Sends jobs, and lists and cancels waiting ones, of an account, a user or a number (docs/dialects/ovh.md#sending).
// Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { deliveryReceipts, isWaiting } from '#dialects/ovh/api/delivery.ts';
import { OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { type JobInput, readJob } from '#dialects/ovh/api/job-order.ts';
import { readReceivers } from '#dialects/ovh/api/job-receivers.ts';
import { readNamedList, submitListJob } from '#dialects/ovh/api/jobs-to-list.ts';
import { type InScope, inEachScope, type Scope, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import { submitJob } from '#dialects/ovh/api/sending-report.ts';
import type { SentMessage } from '#domain/delivery/history.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { measure } from '#gsm/segments.ts';

interface OneInput extends InScope {
  readonly id: number;
}

export const jobAnswers: Answers = inEachScope({
  'POST /jobs': answer<JobInput & InScope>(async (call) => {
    const { services, access, input } = call;
    const scope = await scopeOf(call);
    const order = await readJob(call, scope);
    const list = readNamedList(input, scope);
    if (list !== null) return submitListJob(services, access, order, list);
    return submitJob(services, access, { ...order, ...readReceivers(access.account, input) });
  }),

  'GET /jobs': answer<InScope>(async (call) =>
    call.services.pendingMessages.list(call.access, await scopeOf(call)),
  ),

  'GET /jobs/{id}': answer<OneInput>(async (call) => {
    const scope = await scopeOf(call);
    return renderJob(await findJob(call, scope), call, scope);
  }),

  'DELETE /jobs/{id}': answer<OneInput>(async (call) => {
    const { id } = await findJob(call, await scopeOf(call));
    if (!(await call.services.pendingMessages.cancel(call.access, id)))
      throw new OvhRefusal(409, 'This SMS is being sent');
  }),
});

/** Only a waiting message is a job; one that left is outgoing. */
async function findJob({ services, access, input }: Call<OneInput>, scope: Scope): Promise<SentMessage> {
  const message = await services.history.read(access, input.id, scope);
  if (message === null || !isWaiting(message, services.clock.now())) throw unknownObject();
  return message;
}

/** sms.Job; of a number sms.VirtualNumberJob, which has neither the sender nor a status. */
function renderJob(message: SentMessage, { services, access }: Call<unknown>, scope: Scope) {
  const { id, text, msisdn, segments, costMicros, createdAtMs, dueAtMs } = message;
  const job = {
    id,
    creationDatetime: renderDate(createdAtMs),
    credits: toCredits(costMicros, services.credit.creditPriceMicros(access)),
    deliveryReceipt: deliveryReceipts.waiting,
    differedDelivery: Math.round((dueAtMs - createdAtMs) / 60_000),
    message: text,
    messageLength: measure(text).units,
    numberOfSms: segments,
    ptt: 0,
    receiver: `+${msisdn}`,
  };
  if (scope.sender !== undefined) return job;
  return { ...job, sender: message.sender ?? '', sentAt: null, deliveredAt: null };
}
