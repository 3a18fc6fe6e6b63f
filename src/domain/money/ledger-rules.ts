// Rules of the ledger: the outcomes that charge a message. Used by the outcome recorder.
//
// hold        reserved when a campaign is accepted
// charge      taken from the hold when a carrier accepted the message
// release     the hold is returned, because the message was not sent
// top_up      paid in
// adjustment  corrected by the operator; the only kind whose amount can be negative
//
// Balance = top-ups + adjustments - charges. Held = holds - charges - releases. An entry never changes, and each message
// with a final status has exactly one charge or release. `chappe account credit --audit` recomputes the sums.
import type { FinalOutcome } from '#domain/delivery/dispatch-state.ts';

/**
 * Settles the hold of a message. An accepted message is charged. A message that was sent without a response is charged too:
 * the carrier probably has it and charges for it (docs/decisions/0006-messages-in-doubt.md).
 */
export function settlementKindOf(outcome: FinalOutcome): 'charge' | 'release' {
  return outcome.kind === 'submitted' || outcome.kind === 'unanswered' ? 'charge' : 'release';
}
