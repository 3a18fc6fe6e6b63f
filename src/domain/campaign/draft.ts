// A draft: a campaign in parts. Each part is a stored submission; joined they are one submission. Used by the table of
// drafts and by the services of drafts.

import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';

/** A stored part: a submission with merge values as a plain object, so that it is pure JSON. */
export interface DraftPart extends Omit<Submission, 'recipients' | 'draftId'> {
  readonly recipients: readonly {
    readonly number: string;
    readonly merge?: Readonly<Record<string, string>>;
  }[];
}

export function asPart({ recipients, draftId: _, ...rest }: Submission): DraftPart {
  return {
    ...rest,
    recipients: recipients.map(({ number, merge }) =>
      merge === undefined ? { number } : { number, merge: Object.fromEntries(merge) },
    ),
  };
}

/** Whether two parts can belong to one campaign, which has one text, one sender and one tier. */
export function isOneCampaign(a: DraftPart, b: DraftPart): boolean {
  return (
    a.text === b.text &&
    a.sender === b.sender &&
    a.tier === b.tier &&
    a.purpose === b.purpose &&
    a.stopClause === b.stopClause &&
    a.withReplies === b.withReplies
  );
}

/** The whole submission: the recipients of all parts in order, other fields from the first part. Null without a part. */
export function joinParts(parts: readonly DraftPart[]): Submission | null {
  const [first] = parts;
  if (first === undefined) return null;
  const recipients: SubmittedRecipient[] = [];
  for (const part of parts)
    for (const { number, merge } of part.recipients)
      recipients.push(merge === undefined ? { number } : { number, merge: new Map(Object.entries(merge)) });
  return { ...first, recipients };
}
