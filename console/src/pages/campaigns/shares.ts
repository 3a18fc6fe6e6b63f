// The outcomes of a campaign in the order and colours of the charts. Used by the list, the page and the report. Near hues never
// touch: delivered, failed, unknown, held, waiting, submitted.
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import type { CampaignState } from '../../parts/StatusChip.tsx';

export type Counts = Answer<'campaigns.read'>['counts'];

type OutcomeKey = 'delivered' | 'failed' | 'unknown' | 'held' | 'waiting' | 'submitted' | 'cancelled';

export interface Outcome {
  readonly key: OutcomeKey;
  readonly value: number;
  readonly color: string;
  /** Statuses of the list of messages that makes the same count. */
  readonly status: string;
}

export function outcomesOf(counts: Counts, state: CampaignState): readonly Outcome[] {
  const stands = state === 'held' || state === 'paused';
  return [
    { key: 'delivered', value: counts.delivered, color: '--chart-delivered', status: 'delivered' },
    {
      key: 'failed',
      value: counts.undelivered + counts.rejected + counts.expired,
      color: '--chart-failed',
      status: 'undelivered,rejected,expired',
    },
    { key: 'unknown', value: counts.unknown, color: '--chart-unknown', status: 'unknown' },
    { key: 'held', value: stands ? counts.accepted : 0, color: '--chart-held', status: 'accepted' },
    { key: 'waiting', value: stands ? 0 : counts.accepted, color: '--chart-waiting', status: 'accepted' },
    { key: 'submitted', value: counts.submitted, color: '--chart-submitted', status: 'submitted' },
    { key: 'cancelled', value: counts.cancelled, color: '--line', status: 'cancelled' },
  ];
}

const totalOf = (counts: Counts): number =>
  Object.values(counts).reduce((sum: number, count) => sum + Number(count), 0);

/** With a status that ended its way; `unknown` can still be corrected by a late receipt. */
export const finishedOf = (counts: Counts): number => totalOf(counts) - counts.accepted - counts.submitted;

/** Given to a carrier, or ended. */
export const leftOf = (counts: Counts): number => totalOf(counts) - counts.accepted;

/** Of the messages that a carrier took and whose end is known; null: none yet. */
export function deliveredShareOf(counts: Counts): number | null {
  const ended = finishedOf(counts) - counts.cancelled;
  return ended === 0 ? null : counts.delivered / ended;
}

const running: readonly CampaignState[] = ['scheduled', 'waiting', 'sending', 'paused', 'held'];

/** Something can still change: receipts come for days after the last message has left. */
export const isLive = (state: CampaignState, counts: Counts | undefined): boolean =>
  running.includes(state) || counts === undefined || counts.submitted > 0 || counts.accepted > 0;

/** Messages are leaving, or about to. */
export const isUnderWay = (state: CampaignState): boolean => state === 'sending' || state === 'waiting';
