// What a customer may ask of the past: which of his messages, which of the replies to them. Serves the reading of histories.
import type { MessageStatus } from '#domain/base/message.ts';

/** All of the account's, whatever dialect they were sent in; what is named narrows it. */
export interface HistoryFilter {
  readonly tag?: string;
  readonly userId?: number;
  readonly batchId?: string;
  /** In any way of writing it. */
  readonly sender?: string;
  readonly msisdn?: number;
  /** Of the acceptance; both included. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface SentMessage {
  readonly id: number;
  readonly msisdn: number;
  readonly country: string;
  readonly status: MessageStatus;
  /** What a carrier, or we, said of its end. */
  readonly error: string | null;
  /** A carrier had it: it was charged. */
  readonly wasTaken: boolean;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  readonly submittedAtMs: number | null;
  readonly doneAtMs: number | null;
  readonly text: string;
  readonly sender: string | null;
  readonly tag: string | null;
  readonly userId: number | null;
  readonly batchId: string | null;
}

export interface ReceivedReply {
  readonly id: number;
  readonly msisdn: number;
  /** The number it was sent to. */
  readonly recipient: string;
  readonly text: string;
  readonly atMs: number;
  /** Of the campaign it answers. */
  readonly tag: string | null;
  readonly userId: number | null;
}

export interface OptOut {
  readonly msisdn: number;
  readonly atMs: number;
  /** What the STOP answered; null when nothing is known of it. */
  readonly messageId: number | null;
  readonly batchId: string | null;
}
