// What OVH calls the states of what an operator looks at: senders and templates.
import type { ReviewStatus } from '#domain/account/sender.ts';

export const statusOf = {
  waiting: 'waitingValidation',
  enabled: 'enable',
  disabled: 'disable',
  refused: 'refused',
} as const satisfies Record<ReviewStatus, string>;

/** Of a value that the description lets through. */
export function readStatus(written: string): ReviewStatus {
  return (Object.keys(statusOf) as ReviewStatus[]).find((status) => statusOf[status] === written)!;
}
