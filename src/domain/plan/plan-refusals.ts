// The refusal of a submission by the plan, as an error. Used by the stage that submits campaigns.
import { type Refusal, RefusedError } from '#domain/base/refusals.ts';

export function planRefused({ reason, detail, recipientAt }: Refusal): RefusedError {
  return new RefusedError(reason, detail, recipientAt);
}
