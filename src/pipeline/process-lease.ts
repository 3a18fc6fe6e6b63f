// This process's proof of life. While it cannot be renewed, others may take the process for dead when the lease ends:
// before that, nothing may be handed to carriers any more. A database that was away and is back finds it alive, unless
// somebody has declared it dead meanwhile.
import type { Clock } from '#lib/time/clock.ts';

export interface LeaseOptions {
  /** Counts on when the wall clock is set: a lease lasts by the database's clock. */
  readonly clock: Clock;
  readonly everyMs: number;
  /** Below the lease by more than a renewal. */
  readonly overdueMs: number;
  /** False: another process declared this one dead. Rejects, or hangs, while the database is away. */
  readonly renew: () => Promise<boolean>;
  /** Closes what `renew` uses. */
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

  function tell(overdue: boolean): void {
    if (overdue === isOverdue) return;
    isOverdue = overdue;
    onOverdue(overdue);
  }

  async function tryToRenew(): Promise<void> {
    const startedAtMs = clock.now();
    try {
      const isAlive = await renew();
      // Ended by itself meanwhile: a renewal under way finds the process gone.
      if (isStopped) return;
      if (!isAlive) return onDead();
      renewedAtMs = startedAtMs;
      tell(false);
    } catch {
      // The next tick tries again; what is overdue is told by the clock.
    } finally {
      isRenewing = false;
    }
  }

  const timer = setInterval(() => {
    if (clock.now() - renewedAtMs > overdueMs) tell(true);
    if (isRenewing) return;
    isRenewing = true;
    void tryToRenew();
  }, everyMs);
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await onStopped?.();
    },
  };
}
