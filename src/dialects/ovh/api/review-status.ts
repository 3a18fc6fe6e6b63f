// OVH's names of review states of senders and templates. Used by their calls.
import type { ReviewStatus } from '#domain/account/sender.ts';

export const statusOf = {
  waiting: 'waitingValidation',
  enabled: 'enable',
  disabled: 'disable',
  refused: 'refused',
} as const satisfies Record<ReviewStatus, string>;

/** Reads a value that the description allows. */
export function readStatus(written: string): ReviewStatus {
  return (Object.keys(statusOf) as ReviewStatus[]).find((status) => statusOf[status] === written)!;
}
