// The approval of a composition by a second member: asked for with a frozen estimate, given or refused by another person. Used by
// the store and the service of compositions. Never concerns campaigns of programs: an API has no second person.

import type { AccountSettings } from '#domain/account/account.ts';
import type { EstimateSums } from './estimate.ts';

/** A person who acts in an account. The id survives a change of the e-mail. */
export interface Identity {
  /** Such as `member:anna@example.com`. */
  readonly actor: string;
  /** Null: an operator at the command line. */
  readonly memberId: number | null;
}

export interface Approval {
  readonly state: 'waiting' | 'approved' | 'refused';
  /** The estimate that was looked at. It is kept, with its recipients, until the composition is sent or the approval ends. */
  readonly estimateId: string;
  readonly askedBy: Identity;
  readonly askedAtMs: number;
  /** Of the person who asked; empty: none. */
  readonly question: string;
  /** Null while it waits. */
  readonly decidedBy: Identity | null;
  readonly decidedAtMs: number | null;
  /** Of the person who decided; empty: none. */
  readonly note: string;
}

/** A campaign of so many messages needs another person. */
export function needsApproval(
  { approveAbove }: Pick<AccountSettings, 'approveAbove'>,
  messages: number,
): boolean {
  return approveAbove !== null && messages > approveAbove;
}

export function isSamePerson(a: Identity, b: Identity): boolean {
  return a.actor === b.actor || (a.memberId !== null && a.memberId === b.memberId);
}

/**
 * The approved estimate covers another one of the same content and the same recipients: it sends no more and costs no more.
 * So an opt-out during the wait does not cost a second approval, and a higher price does.
 */
export function coversEstimate(approved: EstimateSums, sums: EstimateSums): boolean {
  return (
    sums.messages <= approved.messages &&
    sums.segments <= approved.segments &&
    BigInt(sums.costMicros) <= BigInt(approved.costMicros) &&
    sums.sender === approved.sender &&
    sums.text === approved.text
  );
}
