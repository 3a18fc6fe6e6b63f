// Lists and removes opted-out numbers (docs/dialects/ovh.md#two-way-and-opt-outs). Used by call-table.ts. No call adds one.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

interface ListInput {
  readonly batchID?: string;
  readonly smsOutgoingID?: number;
}

interface OneInput {
  readonly number: string;
}

export const blacklistAnswers: Answers = {
  'GET /sms/{serviceName}/blacklists': answer<ListInput>(async ({ services, access, input }) => {
    const { batchID, smsOutgoingID } = input;
    const msisdns = await services.optOuts.list(access, {
      ...(batchID === undefined ? {} : { batchId: batchID }),
      ...(smsOutgoingID === undefined ? {} : { messageId: smsOutgoingID }),
    });
    return msisdns.map((msisdn) => `+${msisdn}`);
  }),

  'GET /sms/{serviceName}/blacklists/{number}': answer<OneInput>(async (call) => {
    const optOut = await call.services.optOuts.read(call.access, numberOf(call));
    if (optOut === null) throw unknownObject();
    const { msisdn, atMs, batchId, messageId } = optOut;
    return {
      number: `+${msisdn}`,
      dateCreation: renderDate(atMs),
      batchID: batchId,
      smsOutgoingID: messageId,
    };
  }),

  'DELETE /sms/{serviceName}/blacklists/{number}': answer<OneInput>(async (call) => {
    if (!(await call.services.optOuts.remove(call.access, numberOf(call)))) throw unknownObject();
  }),
};

function numberOf({ access, input }: Call<OneInput>): number {
  const read = readMsisdn(input.number.trim(), access.account.settings.defaultCountry);
  if (!read.ok) throw unknownObject();
  return read.msisdn;
}
