// The difference of two states of an account as events. Pure. Used by events.ts.
import type { LiveStates } from '#operations/reading/live-states.ts';
import type { ConsoleEvents } from './contract/events.ts';
import { euros } from './response.ts';

export type LiveState = Awaited<ReturnType<LiveStates['read']>>;

export interface NamedEvent {
  readonly event: keyof ConsoleEvents;
  readonly data: ConsoleEvents[keyof ConsoleEvents];
}

/** `campaigns`: those that somebody looks at. */
export function eventsBetween(
  account: string,
  before: LiveState,
  after: LiveState,
  campaigns: readonly number[],
): NamedEvent[] {
  const events: NamedEvent[] = [];
  const add = <Name extends keyof ConsoleEvents>(event: Name, data: ConsoleEvents[Name]) =>
    events.push({ event, data });
  const hasMoved = before.lastEntryId !== after.lastEntryId || before.lastDoneAtMs !== after.lastDoneAtMs;
  if (after.accepted > 0) add('message-step', { account, kind: 'accepted', count: after.accepted });
  if (hasMoved) {
    add('message-step', { account, kind: 'changed', count: 0 });
    for (const campaign of campaigns) add('campaign-progress', { account, campaign });
  }
  if (before.balanceMicros !== after.balanceMicros || before.heldMicros !== after.heldMicros)
    add('balance', {
      account,
      available: euros(after.balanceMicros - after.heldMicros),
      reserved: euros(after.heldMicros),
    });
  if (after.lastReplyId !== null && before.lastReplyId !== after.lastReplyId)
    add('reply', { account, reply: after.lastReplyId });
  if (before.lastAttemptId !== after.lastAttemptId) add('callback', { account });
  return events;
}
