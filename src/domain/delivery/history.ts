// Filters and rows of a customer's history: sent messages, received replies, opt-outs. Used by the store and the dialects.
import type { MessageStatus } from '#domain/base/message.ts';

/** Selects from all messages of the account, of every dialect. Each field narrows the selection. */
export interface HistoryFilter {
  readonly tag?: string;
  readonly userId?: number;
  readonly batchId?: string;
  /** Matches every spelling of the sender. */
  readonly sender?: string;
  readonly msisdn?: number;
  /** Time of acceptance; both ends are included. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface SentMessage {
  readonly id: number;
  readonly msisdn: number;
  readonly country: string;
  readonly status: MessageStatus;
  /** Error of the carrier or of the platform. */
  readonly error: string | null;
  /** A carrier accepted it, so it was charged. */
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
  /** The destination of the reply. */
  readonly recipient: string;
  readonly text: string;
  readonly atMs: number;
  /** The tag of the campaign that it answers. */
  readonly tag: string | null;
  readonly userId: number | null;
}

export interface OptOut {
  readonly msisdn: number;
  readonly atMs: number;
  /** The message that the STOP answers; null if none is known. */
  readonly messageId: number | null;
  readonly batchId: string | null;
}
