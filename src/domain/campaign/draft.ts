// A campaign that arrives in parts: each part is a submission, kept as it was sent; joined they are one submission.
// Serves the drafts of the store and the operations on them.

import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';

/** A part as it is kept: a submission whose merge values are plain members. Nothing but JSON. */
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

/** Whether two parts can belong to one campaign: it has one text, one sender, one tier. */
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

/** The whole: everybody's recipients, in order, and what the first part says of the rest. Null without a part. */
export function joinParts(parts: readonly DraftPart[]): Submission | null {
  const [first] = parts;
  if (first === undefined) return null;
  const recipients: SubmittedRecipient[] = [];
  for (const part of parts)
    for (const { number, merge } of part.recipients)
      recipients.push(merge === undefined ? { number } : { number, merge: new Map(Object.entries(merge)) });
  return { ...first, recipients };
}
