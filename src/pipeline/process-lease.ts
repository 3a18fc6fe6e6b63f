// Renews the lease of this process. Used by every role. If the lease cannot be renewed, other processes can fence this one
// when it ends; before that, the process hands nothing to carriers. When the database answers again, the process continues
// unless it is fenced.
import { commonPause } from '#lib/async/common-pause.ts';
import type { Clock } from '#lib/time/clock.ts';

export interface LeaseOptions {
  /** A monotonic clock: the lease lasts by the clock of the database, not by the wall clock of this host. */
  readonly clock: Clock;
  readonly everyMs: number;
  /** Shorter than the lease by more than one renewal. */
  readonly overdueMs: number;
  /** False: this process was fenced. Rejects or hangs while the database does not answer. */
  readonly renew: () => Promise<boolean>;
  /** Closes the connection of `renew`. */
  readonly onStopped?: () => Promise<void>;
  readonly onOverdue: (isOverdue: boolean) => void;
  readonly onDead: () => void;
}

export interface Lease {
  stop(): Promise<void>;
}

export function keepLease(options: LeaseOptions): Lease {
  const { clock, everyMs, overdueMs, renew, onOverdue, onDead } = options;
  const { onStopped } = options;
  let renewedAtMs = clock.now();
  let isRenewing = false;
  let isOverdue = false;
  let isStopped = false;

  function reportOverdue(overdue: boolean): void {
    if (overdue === isOverdue) return;
    isOverdue = overdue;
    onOverdue(overdue);
  }

  async function tryToRenew(): Promise<void> {
    const startedAtMs = clock.now();
    try {
      const isAlive = await renew();
      // The process has ended its row.
      if (isStopped) return;
      if (!isAlive) return onDead();
      renewedAtMs = startedAtMs;
      reportOverdue(false);
    } catch {
      // The next tick tries again, and the clock decides when the lease is overdue.
    } finally {
      isRenewing = false;
    }
  }

  function tick(): void {
    timer = setTimeout(tick, commonPause(everyMs));
    if (clock.now() - renewedAtMs > overdueMs) reportOverdue(true);
    if (isRenewing) return;
    isRenewing = true;
    void tryToRenew();
  }

  let timer = setTimeout(tick, commonPause(everyMs));
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await onStopped?.();
    },
  };
}
