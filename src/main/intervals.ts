// The periods of all loops of a process, in one place for comparison. Used by main and the roles. Equal periods of one to five
// seconds end together (lib/async/common-pause.ts).
import { hourMs } from '#lib/time/duration.ts';

/** Periods of loops. Tests use shorter ones. */
export interface Intervals {
  readonly reclaimEveryMs: number;
  readonly expiryEveryMs: number;
}

export const defaultIntervals: Intervals = { reclaimEveryMs: 4_000, expiryEveryMs: 15_000 };
/** Work of dead processes is looked for once in this number of rounds of reclaiming although none has ended: 32 seconds. */
export const releaseAnywayRounds = 8;
export const renewEveryMs = 2_000;
/** Shorter than the lease (12 s) by more than one renewal: hand-over stops before another process reclaims the work. */
export const renewalOverdueMs = 8_000;
export const dispatchEveryMs = 250;
export const callbacksEveryMs = 250;
/** One statement finds the work that is due, of all kinds, and wakes its loops: 11 claims cost 1 % of a core. */
export const lookForWorkEveryMs = 2_000;
/** The longest pause of a loop that is woken when its work is due. It finds the lost claims of this process. */
export const unaidedPollMs = 30_000;
/** Callback rows without a pusher in this process are announced after this time: after their commit. */
export const announceAfterMs = 100;
/** After work; without work the pause doubles. */
export const jobsEveryMs = 2_000;
/** Short, because a person waits for the answer to their reply. */
export const notificationsEveryMs = 1_000;
/** Short, because bought credit is needed before the rest is spent. */
export const watchCreditEveryMs = 15_000;
export const watchUsersEveryMs = 15_000;
export const recentUnmatchedEveryMs = 500;
export const recentUnmatchedMs = 60_000;
/** Receipts without a message after a minute are tried again once in this number of rounds of expiry: 5 minutes. */
export const oldUnmatchedRounds = 20;
/** Of the health of links, which the console shows. Written only when it changed. */
export const healthEveryMs = 2_000;
/** Of the captured exchanges with HTTP carriers: 20 kB for each busy link. */
export const exchangesEveryMs = 10_000;
export const rememberedSegments = 25_000;
/** Period of retention. Rows that were in use are tried again sooner. */
export const forgetEveryMs = 6 * hourMs;
export const forgetAgainMs = 600_000;
export const forgetFirstMs = 60_000;
export const lookWhetherToForgetMs = 20_000;
/** A round reads every message, and an erasure waits for receipts, up to days. */
export const continueErasuresEveryMs = hourMs;
/** Of quarters of an hour that have ended: the home page counts the messages since the last counted one. */
export const countTrafficEveryMs = 60_000;
