// The state of a campaign for people, from its row and its chunks. Used by the lists and pages of campaigns. Never counts
// messages: a chunk exists until each of its messages has an outcome.

export type CampaignState =
  | 'held'
  | 'scheduled'
  | 'waiting'
  | 'sending'
  | 'paused'
  | 'sent'
  | 'cancelled'
  | 'refused';

export interface CampaignStateFacts {
  readonly cancelledAtMs: number | null;
  /** State of its review; null: it has none. */
  readonly review: string | null;
  readonly isPaused: boolean;
  readonly messageCount: number;
  /** Messages in its chunks: those that have left count until the last of their chunk has. */
  readonly inChunks: number;
  /** Of them in chunks that a dispatcher has claimed. */
  readonly claimed: number;
  /** The first due time of its free chunks; null: none is due. */
  readonly nextDueAtMs: number | null;
}

/**
 * | state | condition, the first that holds |
 * | --- | --- |
 * | refused, cancelled | ended by the operator; ended by the account, some messages may have left before |
 * | sent | no chunk: each message was given to a carrier or has a final status |
 * | held, paused | its chunks are due at infinity, for the operator or until it resumes |
 * | sending | a message has left, or a dispatcher has a chunk |
 * | scheduled, waiting | nothing has left: its time has not come; it has come |
 */
export function campaignStateOf(facts: CampaignStateFacts, nowMs: number): CampaignState {
  if (facts.review === 'refused') return 'refused';
  if (facts.cancelledAtMs !== null) return 'cancelled';
  if (facts.inChunks === 0) return 'sent';
  if (facts.review === 'held') return 'held';
  if (facts.isPaused) return 'paused';
  if (facts.claimed > 0 || facts.inChunks < facts.messageCount) return 'sending';
  return facts.nextDueAtMs !== null && facts.nextDueAtMs > nowMs ? 'scheduled' : 'waiting';
}
