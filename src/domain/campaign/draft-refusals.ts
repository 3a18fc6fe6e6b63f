// Refusals of campaigns that wait for a confirmation: drafts in parts and contact-list campaigns. Used by their services. A
// refusal without a detail gets the sentence of the dialect.
import { type Refusal, RefusedError } from '#domain/base/refusals.ts';

export function draftUnknown(detail?: string): RefusedError {
  return new RefusedError('draft-unknown', detail);
}

export function noDraftOfBatch(): RefusedError {
  return draftUnknown('There is no campaign with this user_batch_id.');
}

export function draftCancelled(): RefusedError {
  return draftUnknown('The campaign was cancelled.');
}

export function draftEstimating(): RefusedError {
  return new RefusedError('draft-estimating');
}

export function draftBeingBuilt(): RefusedError {
  return new RefusedError('draft-estimating', 'The campaign is being built; ask again.');
}

export function draftAlreadySent(): RefusedError {
  return new RefusedError('draft-already-sent');
}

export function draftSent(): RefusedError {
  return new RefusedError('draft-already-sent', 'This campaign is sent.');
}

export function draftUnfinished(): RefusedError {
  return new RefusedError('draft-unfinished', 'Send the last part with finished=1 first.');
}

export function draftComplete(): RefusedError {
  return new RefusedError(
    'draft-name-taken',
    'This campaign is complete. Use another user_batch_id for the next one.',
  );
}

export function partsDiffer(): RefusedError {
  return new RefusedError(
    'draft-name-taken',
    'The parts of a campaign have one text, one sender and one type.',
  );
}

export function tooManyRecipients(most: number): RefusedError {
  return new RefusedError('recipients-too-many', `At most ${most} recipients in one campaign.`);
}

export function tooManyDrafts(most: number): RefusedError {
  return new RefusedError(
    'drafts-too-many',
    `At most ${most} campaigns can wait for confirmation. Send or delete some.`,
  );
}

export function listEmpty(): RefusedError {
  return new RefusedError(
    'recipients-empty',
    'No contact is in this list or has this tag. Add one, or choose another.',
  );
}

export function listUnreachable(): RefusedError {
  return new RefusedError(
    'recipients-empty',
    'No contact of this list can receive a message. Check their numbers and opt-outs.',
  );
}

export function requestAlreadySeen(): RefusedError {
  return new RefusedError('request-already-seen');
}

/** The refusal that ended the preparation of a campaign; its confirmation repeats it. */
export function preparationFailed({ reason, detail }: Refusal): RefusedError {
  return new RefusedError(reason, detail);
}

/** The number for a one-time code cannot be read. */
export function codeNumberMalformed(): RefusedError {
  return new RefusedError('recipients-malformed');
}
