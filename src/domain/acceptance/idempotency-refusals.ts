// Refusals of a submission whose idempotency key was used before. Used by the acceptance of campaigns and lists.
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';

/** The key belongs to another campaign, `campaignId` if that is known: request-already-seen or draft-already-sent. */
export function repeatedRequest(
  { draftId }: Pick<Submission, 'draftId'>,
  campaignId: number | null,
): RefusedError {
  return draftId === undefined
    ? new RefusedError(
        'request-already-seen',
        'This request id was used before. Use a new request id for a new campaign.',
        undefined,
        campaignId ?? undefined,
      )
    : new RefusedError('draft-already-sent', 'This draft was sent or deleted before. Create a new draft.');
}
