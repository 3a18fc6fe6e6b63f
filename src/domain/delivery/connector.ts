// The contract of connectors: messages, outcomes, receipts and replies. Used by the dispatcher, the recorders and every
// connector. An outcome is data: a connector never throws for an answer of a carrier.

import type { Encoding } from '#domain/base/campaign.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import type { ReplySource } from '#domain/recipients/reply-source.ts';
import type { ConnectorHealth } from './connector-health.ts';

/** One message to send. The connector splits it into segments. */
export interface OutboundMessage {
  readonly id: number;
  /** E.164 digits as a number: at most 15 digits, so exact in a double. */
  readonly msisdn: number;
  readonly sender: string | null;
  readonly text: string;
  readonly encoding: Encoding;
  /** Number of segments: the price is for this number, and the connector sends exactly this number. */
  readonly segments: number;
  /** The connector sends nothing after this instant. */
  readonly expiresAtMs: number;
  /** GSM message class 0 to 3, or null. */
  readonly messageClass: number | null;
}

export type Outcome =
  /** The carrier accepted it: one carrier reference for each segment, in order. */
  | { readonly kind: 'submitted'; readonly references: readonly string[] }
  /** Not accepted and certainly not sent. Any connector can try again after `afterMs`. */
  | { readonly kind: 'try-later'; readonly afterMs: number; readonly reason: string }
  /** This carrier cannot send it; another one may. */
  | { readonly kind: 'elsewhere'; readonly code: number; readonly reason: string }
  /** The carrier refuses this message for good. `code` is the SMPP command_status, or the HTTP status. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** Expired before the connector sent it. */
  | { readonly kind: 'expired' }
  /** Sent, but the link was lost before the answer: the carrier may have it. */
  | { readonly kind: 'in-doubt'; readonly reason: string };

/** A carrier's report about one segment. */
export interface Receipt {
  /** Possible spellings of the reference (as is, hexadecimal read as decimal and the reverse), likeliest first. */
  readonly references: readonly string[];
  readonly state: 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown' | 'underway';
  /** The carrier's error code, as text, or null. */
  readonly error: string | null;
  readonly atMs: number;
  /** The carrier reports once for all segments of a message. */
  readonly speaksForAll?: boolean;
}

/** A short message from a phone, or one part of a longer one. */
export interface CarrierReply {
  readonly source: ReplySource;
  /** Its destination: short code or long number, as text. Empty if the carrier does not name it. */
  readonly to: string;
  readonly text: string;
  /** Binary content: `text` has the octets in hexadecimal. */
  readonly isBinary: boolean;
  /** Position in a long reply; null for a complete one. */
  readonly place: PartPlace | null;
  readonly atMs: number;
}

/** A request to a carrier and its answer, without texts of messages, whole numbers and secrets. */
export interface CapturedExchange {
  readonly atMs: number;
  readonly durationMs: number;
  readonly method: string;
  readonly url: string;
  /** Null: no body. */
  readonly request: string | null;
  /** Null: no answer came. */
  readonly status: number | null;
  /** The effect on the message in the words of `--answers`; failed: no answer. */
  readonly meaning: string;
  /** The beginning of the body, or the reason of a failure. Null: too long, or cut off. */
  readonly answer: string | null;
}

export interface Connector {
  readonly id: number;
  readonly name: string;
  /** True while at least one bind is open, or while the carrier answers. */
  readonly isUp: boolean;
  /** Its binds, and its answers of the last minute, of this process. */
  health(): ConnectorHealth;
  /** The last exchanges of this process, newest first. Absent if the kind captures none. */
  exchanges?(): readonly CapturedExchange[];
  /** Number of messages that it accepts now; the dispatcher never submits more. */
  capacity(): number;
  /** Sends a message. Calls `done` exactly once, in a later turn of the event loop. */
  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void;
  /** Divides the limits of the link between so many processes. Absent if leases do. */
  share?(processes: number): void;
  /**
   * Uses part `index` of the link until stopLease. `learnt` is stored by the process that had it before, read after it was
   * claimed. Absent if the kind has no leases.
   */
  startLease?(index: number, learnt: object): void;
  /** Waits at most `graceMs` for outstanding answers; the other leases continue. */
  stopLease?(index: number, graceMs: number): Promise<void>;
  /** Accepts no more messages, waits at most `graceMs` for outstanding answers, unbinds and closes. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Callbacks of a connector. It answers a receipt or reply to the carrier (deliver_sm_resp) only after `saved`: `true`
 * follows the commit, `false` makes the carrier repeat it.
 */
export interface ConnectorEvents {
  /** The link observed a format of its carrier. It is stored for the next start. */
  onLearnt?(connectorId: number, habits: object): void;
  onReceipt(connectorId: number, receipt: Receipt, saved: (ok: boolean) => void): void;
  onReply(connectorId: number, reply: CarrierReply, saved: (ok: boolean) => void): void;
  /** Capacity became free, or a bind opened or closed. */
  onChange(connectorId: number): void;
}
