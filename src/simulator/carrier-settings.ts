// Settings of the simulated carrier, its counters and the facts that it reports. Used by carrier.ts, simulator.ts and tests.
import type { Log } from '#domain/base/log-events.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { SessionLimits } from '#smpp/protocol/session.ts';
import type { FateTable } from './fates.ts';
import type { ReceiptProfile } from './receipt-profile.ts';

/** A message that the carrier accepted. */
export interface Submitted {
  readonly id: string;
  readonly systemId: string;
  readonly from: string;
  readonly to: string;
  /** FNV-1a of the user data, 32 bits: equal texts to equal numbers are duplicates. */
  readonly hash: number;
  readonly dataCoding: number;
  /** user_message_reference; null without one. */
  readonly userReference: number | null;
  readonly atMs: number;
}

export interface Counters {
  submitted: number;
  refused: number;
  /** Receipts and replies with a positive response. */
  acknowledged: number;
  /** Receipts and replies without a response, or with one after which they are repeated. */
  redelivered: number;
  /** Receipts and replies with a final refusal of the customer. */
  lost: number;
}

export interface CarrierSettings {
  readonly fates: FateTable;
  /** system_id → password; null accepts any. */
  readonly passwords: ReadonlyMap<string, string> | null;
  readonly limits: SessionLimits;
  /** Binds of one system_id; 0: no limit. */
  readonly maxBinds: number;
  readonly profile: ReceiptProfile;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onSubmit: ((submitted: Submitted) => void) | null;
  /** Called when work begins that needs ticks. */
  readonly onActivity: () => void;
}
