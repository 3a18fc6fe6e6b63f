// The contract of the carrier side: what a connector is handed and what it answers.
// Outcomes are data; a connector never throws for what a carrier does.

import type { Encoding } from '#domain/base/campaign.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import type { ReplySource } from '#domain/recipients/reply-source.ts';

/** One message on its way out. The connector cuts it into segments itself. */
export interface OutboundMessage {
  readonly id: number;
  /** E.164 digits as a number: at most 15 digits, so exact in a double. */
  readonly msisdn: number;
  readonly sender: string | null;
  readonly text: string;
  readonly encoding: Encoding;
  /** How many segments the text takes; priced so, and cut so. */
  readonly segments: number;
  /** After this instant it must not leave any more. */
  readonly expiresAtMs: number;
  /** GSM message class 0 to 3, or null. */
  readonly messageClass: number | null;
}

export type Outcome =
  /** The carrier took it: one carrier reference for each segment, in order. */
  | { readonly kind: 'submitted'; readonly references: readonly string[] }
  /** Not taken and certainly not sent: try again, here or elsewhere, not before `afterMs` from now. */
  | { readonly kind: 'try-later'; readonly afterMs: number; readonly reason: string }
  /** This carrier cannot take it, another one may. */
  | { readonly kind: 'elsewhere'; readonly code: number; readonly reason: string }
  /** Never: the carrier refuses this message. `code` is the SMPP command_status. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** Expired before it could be handed over. */
  | { readonly kind: 'expired' }
  /** Sent, and the link went before the answer: the carrier may or may not have it. */
  | { readonly kind: 'in-doubt'; readonly reason: string };

/** What a carrier says of one segment. */
export interface CarrierReceipt {
  /** Possible spellings of the reference (as is, hexadecimal read as decimal and the reverse), likeliest first. */
  readonly references: readonly string[];
  readonly state: 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown' | 'underway';
  /** The carrier's error code, as text, or null. */
  readonly error: string | null;
  readonly atMs: number;
  /** The carrier tells it once for all parts of a long message. */
  readonly speaksForAll?: boolean;
}

/** A short message from a phone, or a part of a longer one. */
export interface CarrierReply {
  readonly source: ReplySource;
  /** The number it was sent to: short code or long number, as text. */
  readonly to: string;
  readonly text: string;
  /** It is no text: `text` has the octets in hexadecimal. */
  readonly isBinary: boolean;
  /** Its place in a long reply; null when it is whole. */
  readonly place: PartPlace | null;
  readonly atMs: number;
}

export interface Connector {
  readonly id: number;
  readonly name: string;
  /** True while at least one bind is up. */
  readonly isUp: boolean;
  /** How many more messages it takes now; the dispatcher never hands it more. */
  capacity(): number;
  /** Takes a message; `done` is called exactly once, in a later turn of the loop. */
  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void;
  /** Uses part `index` of the link until stopLease; absent if the kind has no leases. */
  startLease?(index: number): void;
  /** Waits for the answers under way at most `graceMs`; the other leases continue. */
  stopLease?(index: number, graceMs: number): Promise<void>;
  /** Stops taking, waits for the answers under way at most `graceMs`, unbinds and closes. */
  stop(graceMs: number): Promise<void>;
}

/**
 * What a connector calls. A receipt or reply is answered to the carrier (deliver_sm_resp) only when `saved` is
 * called with true, after the commit; with false the carrier is told to try again.
 */
export interface ConnectorEvents {
  /** A link has learnt something of its carrier that is worth keeping for its next start. */
  onLearnt?(connectorId: number, habits: object): void;
  onReceipt(connectorId: number, receipt: CarrierReceipt, saved: (ok: boolean) => void): void;
  onReply(connectorId: number, reply: CarrierReply, saved: (ok: boolean) => void): void;
  /** Capacity came back, or a bind went up or down. */
  onChange(connectorId: number): void;
}
