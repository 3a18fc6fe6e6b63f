// How often a process does what it does: one place, so that they can be seen beside each other.
import { hourMs } from '#lib/time/duration.ts';

/** How often a process looks after what needs no hurry; tests do not wait so long. */
export interface Intervals {
  readonly reclaimEveryMs: number;
  readonly expiryEveryMs: number;
}

export const defaultIntervals: Intervals = { reclaimEveryMs: 3_000, expiryEveryMs: 15_000 };
export const renewEveryMs = 2_000;
/** Below the lease (12 s) by more than a renewal: nothing leaves any more before another takes over. */
export const renewalOverdueMs = 8_000;
export const dispatchEveryMs = 250;
export const callbacksEveryMs = 250;
/** The longest pause of a loop without work: notices tell of work, and a scheduled chunk of its own time. */
export const idlePollMs = 2_000;
/** Callback rows that no pusher of this process takes are announced to others so soon: after their commit. */
export const announceAfterMs = 100;
export const listCampaignsEveryMs = 2_000;
/** What answers a reply should not keep a person waiting. */
export const notificationsEveryMs = 1_000;
export const watchUsersEveryMs = 15_000;
export const recentUnmatchedEveryMs = 500;
export const recentUnmatchedMs = 60_000;
/** Receipts that found no message in a minute are looked at again once in so many rounds of expiry: 5 minutes. */
export const oldUnmatchedRounds = 20;
export const rememberedSegments = 25_000;
/** What is old is forgotten so often; what was in use then is tried again sooner. */
export const forgetEveryMs = 6 * hourMs;
export const forgetAgainMs = 600_000;
export const forgetFirstMs = 60_000;
export const lookWhetherToForgetMs = 20_000;
