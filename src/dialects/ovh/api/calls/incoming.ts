// Lists, reads and hides replies of an account, a user or a number (docs/dialects/ovh.md#two-way-and-opt-outs).
// Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { type PeriodInput, readPeriod } from '#dialects/ovh/api/date-range.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { type InScope, inEachScope, scopeOf } from '#dialects/ovh/api/resource-scope.ts';
import type { HistoryFilter, ReceivedReply } from '#domain/delivery/history.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

interface ListInput extends InScope, PeriodInput {
  readonly tag?: string;
  /** The phone that replied. */
  readonly sender?: string;
}

interface OneInput extends InScope {
  readonly id: number;
}

export const incomingAnswers: Answers = inEachScope({
  'GET /incoming': answer<ListInput>(async (call) => {
    const filter = await readFilter(call);
    return filter === null ? [] : call.services.inbox.list(call.access, filter);
  }),

  'GET /incoming/{id}': answer<OneInput>(async (call) => {
    const { services, access, input } = call;
    const reply = await services.inbox.read(access, input.id, await scopeOf(call));
    if (reply === null) throw unknownObject();
    return renderIncoming(reply);
  }),

  'DELETE /incoming/{id}': answer<OneInput>(async (call) => {
    const { services, access, input } = call;
    if (!(await services.inbox.hide(access, input.id, await scopeOf(call)))) throw unknownObject();
  }),
});

/** Null if the sender is not a number: no reply can match. */
async function readFilter(call: Call<ListInput>): Promise<HistoryFilter | null> {
  const { access, input } = call;
  const { tag, sender } = input;
  const scope = await scopeOf(call);
  const read =
    sender === undefined ? null : readMsisdn(sender.trim(), access.account.settings.defaultCountry);
  if (read?.ok === false) return null;
  return {
    ...scope,
    ...(read?.ok ? { msisdn: read.msisdn } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...readPeriod(input),
  };
}

/** Replies are free: their cost is part of the price of the answered SMS. */
function renderIncoming({ id, msisdn, text, atMs, tag }: ReceivedReply) {
  return {
    id,
    creationDatetime: renderDate(atMs),
    credits: 0,
    message: text,
    sender: `+${msisdn}`,
    tag: tag ?? '',
  };
}
