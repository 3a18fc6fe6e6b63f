// What a process has in its hands between taking a chunk and recording the last of its outcomes.
import type { Outcome } from './connector.ts';

/** A chunk in the hands of this process. */
export interface DispatchChunk {
  readonly bucket: number;
  readonly id: number;
  /** Messages whose outcome is not in a batch yet. */
  unrecorded: number;
}

/** A message on its way through this process. */
export interface DispatchMessage {
  readonly chunk: DispatchChunk;
  readonly id: number;
  readonly accountId: number;
  readonly costMicros: bigint;
}

/** The outcomes that settle a message; the others lead to another attempt. */
export type FinalOutcome =
  | Extract<Outcome, { kind: 'submitted' | 'refused' | 'expired' }>
  /** Sent so often without an answer that it is not sent again; the carrier may well have it. */
  | { readonly kind: 'unanswered'; readonly times: number };

export interface RecordedOutcome {
  readonly message: DispatchMessage;
  readonly connectorId: number | null;
  readonly outcome: FinalOutcome;
  readonly atMs: number;
}
