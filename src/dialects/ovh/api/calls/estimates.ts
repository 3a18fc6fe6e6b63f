// Answers estimates of a text's length and the meanings of ptt codes (docs/dialects/ovh.md#sending). Used by call-table.ts.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { unknownObject } from '#dialects/ovh/api/errors.ts';
import { readMessage } from '#dialects/ovh/api/job-order.ts';
import { ptts } from '#dialects/ovh/api/ptts.ts';
import { appendStopClause } from '#domain/plan/stop-clause.ts';
import { type Measure, measure } from '#gsm/segments.ts';

interface EstimateInput {
  readonly message: string;
  readonly noStopClause: boolean;
  readonly senderType: 'alpha' | 'numeric' | 'shortcode' | 'time2chat' | 'virtual';
}

export const estimateAnswers: Answers = {
  'POST /sms/estimate': answer<EstimateInput>(({ services, input }) => {
    const { message, noStopClause, senderType } = input;
    const takesClause = !noStopClause && (senderType === 'alpha' || senderType === 'numeric');
    const text = readMessage(message);
    const measured = measure(takesClause ? appendStopClause(text, services.stopShortCode) : text);
    return {
      characters: measured.units,
      charactersClass: measured.encoding === 'gsm7' ? '7bits' : 'unicode',
      maxCharactersPerPart: charactersPerPart(measured),
      parts: measured.segments,
    };
  }),

  'GET /sms/ptts': answer<{ readonly ptt: number }>(({ input }) => {
    const found = ptts[input.ptt];
    if (found === undefined) throw unknownObject();
    return found;
  }),
};

function charactersPerPart({ encoding, segments }: Measure): number {
  if (encoding === 'gsm7') return segments === 1 ? 160 : 153;
  return segments === 1 ? 70 : 67;
}
