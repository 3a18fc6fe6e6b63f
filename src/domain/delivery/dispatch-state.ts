// In-memory state of chunks and messages from the claim to the last recorded outcome. Used by the dispatcher and the
// outcome recorder.
import type { Tier } from '#domain/base/campaign.ts';
import type { FailedAttempts } from '#domain/routing/resend.ts';
import type { Outcome } from './connector.ts';

/** A chunk that this process claimed. */
export interface DispatchChunk {
  readonly bucket: number;
  readonly id: number;
  /** Messages whose outcome is in no batch yet. */
  unrecorded: number;
  /** Outcomes that the recorder has and that are not durable yet. */
  undurable: number;
}

/** A message between claim and outcome. */
export interface DispatchMessage {
  readonly chunk: DispatchChunk;
  readonly id: number;
  readonly accountId: number;
  readonly costMicros: bigint;
  readonly country: string;
  readonly segments: number;
  readonly tier: Tier;
  /** Absent: the first attempt. */
  readonly resend?: FailedAttempts;
}

/** Outcomes that settle a message. After the others the dispatcher tries again. */
export type FinalOutcome =
  | Extract<Outcome, { kind: 'submitted' | 'refused' | 'expired' }>
  /** No answer after the last send: it is not sent again. The carrier may have it. */
  | { readonly kind: 'unanswered'; readonly times: number };

export interface RecordedOutcome {
  readonly message: DispatchMessage;
  readonly connectorId: number | null;
  /** The routing rule that led to it; null or absent: none, for example for the simulated carrier. */
  readonly routeId?: number | null;
  readonly outcome: FinalOutcome;
  /** Price of the carrier for a segment; null: unknown. */
  readonly segmentCostMicros: bigint | null;
  readonly atMs: number;
}
