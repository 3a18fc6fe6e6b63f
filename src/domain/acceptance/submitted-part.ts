// Joins the parts of a long text that a customer cut into one submission. Used by pipeline/join-submitted-parts.ts. Pure.
//
// A part with the text of a stored one is a repetition and changes nothing. A part with another text at a taken position
// begins a new text with the same reference: the earlier parts are sent as they are.

import type { Submission } from '#domain/base/submission.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';

/** Time that a text waits for its next part, from the arrival of the last one. */
export const joinSubmittedWithinMs = 5 * 60_000;

export interface SubmittedPart extends PartPlace {
  /** Reserved id of a campaign: the customer has it as the id of the part. */
  readonly id: number;
  /** Hexadecimal. */
  readonly textHash: string;
  readonly submission: Submission;
}

export interface StoredSubmittedPart extends SubmittedPart {
  readonly isJoined: boolean;
}

export interface ArrivedPart {
  /** The id of the part: of the stored one if it is a repetition. */
  readonly id: number;
  readonly isNew: boolean;
  /** Texts to submit now, each as the ids of its parts. */
  readonly complete: readonly (readonly number[])[];
}

/** `stored` are the parts of the same text, oldest first. */
export function placePart(stored: readonly StoredSubmittedPart[], part: SubmittedPart): ArrivedPart {
  const waiting = stored.filter(({ isJoined }) => !isJoined);
  const same = stored.find((known) => known.part === part.part && known.textHash === part.textHash);
  const ids = waiting.map(({ id }) => id);
  if (same !== undefined) return { id: same.id, isNew: false, complete: isWhole(waiting) ? [ids] : [] };
  const { id } = part;
  if (waiting.some((known) => known.part === part.part))
    return { id, isNew: true, complete: part.total === 1 ? [ids, [id]] : [ids] };
  return { id, isNew: true, complete: isWhole([...waiting, part]) ? [[...ids, id]] : [] };
}

function isWhole(parts: readonly SubmittedPart[]): boolean {
  return parts.length > 0 && parts.length >= parts[0]!.total;
}

/** One submission with the request of the first part. Its campaign has the id of that part, so that it exists once. */
export function joinSubmission(parts: readonly SubmittedPart[]): Submission {
  const ordered = [...parts].sort((a, b) => a.part - b.part);
  const { submission, id } = ordered[0]!;
  // The text of one part can decide the purpose of the whole.
  const marketing = ordered.find((part) => part.submission.purpose === 'marketing')?.submission ?? submission;
  const wishes = ordered.filter((part) => part.submission.returnPath !== undefined);
  const returnPath = wishes[0]?.submission.returnPath;
  return {
    ...submission,
    text: ordered.map((part) => part.submission.text).join(''),
    purpose: marketing.purpose,
    stopClause: marketing.stopClause,
    draftId: id,
    ...(returnPath !== undefined && {
      returnPath: { ...returnPath, partIds: wishes.map((part) => part.id) },
    }),
  };
}
