// Starts exports of the history: answers the id of a document that is written later (docs/dialects/ovh.md#history).
// Used by call-table.ts.
import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { type PeriodInput, readPeriod } from '#dialects/ovh/api/date-range.ts';
import { OvhRefusal } from '#dialects/ovh/api/errors.ts';
import { type InScope, inScopes, ofAccountAndUsers, scopeOf } from '#dialects/ovh/api/resource-scope.ts';

interface ExportInput extends InScope, PeriodInput {
  readonly wayType: 'incoming' | 'outgoing';
  readonly tag?: string;
  readonly batchID?: string;
}

export const exportAnswers: Answers = inScopes(ofAccountAndUsers, {
  'GET /document': answer<ExportInput>(async (call) => {
    const { services, customer, access, input } = call;
    const { wayType, tag, batchID } = input;
    const filter = {
      ...(await scopeOf(call)),
      ...readPeriod(input),
      ...(tag === undefined ? {} : { tag }),
      ...(batchID === undefined ? {} : { batchId: batchID }),
    };
    const name = `${access.account.serviceName}-${wayType}.csv`;
    const document = await services.documents.create(customer, { kind: 'personal', name });
    if (document === null) throw new OvhRefusal(403, 'There are too many documents: delete some');
    const { id } = document;
    const kind = wayType === 'outgoing' ? 'sent' : 'received';
    await services.exports.order(access, kind, filter, { customer, id });
    return id;
  }),
});
