// The background work after messages were sent: a loop that closes receipt windows, one that applies retention, and one that
// continues erasures of numbers. Used by
// the role `maintenance`.

import { horizonAt, type Round } from '#domain/delivery/retention.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { hourMs } from '#lib/time/duration.ts';
import { createWindowCloser, type WindowCloserOptions } from '#pipeline/close-receipt-windows.ts';
import { continueErasures } from '#pipeline/erase-number.ts';
import type { Ports } from '#pipeline/ports.ts';
import { forgetCampaigns } from '#pipeline/retention/delete-campaigns.ts';
import { forgetMessages } from '#pipeline/retention/delete-messages.ts';
import { forgetReferences } from '#pipeline/retention/delete-references.ts';
import { forgetHistory, forgetLeftovers } from '#pipeline/retention/delete-rows.ts';
import { listBuckets } from '#store/accounts/accounts.ts';
import { aloneIn } from '#store/database/locks.ts';
import type { Config } from './config/settings.ts';
import {
  continueErasuresEveryMs,
  forgetAgainMs,
  forgetEveryMs,
  forgetFirstMs,
  lookWhetherToForgetMs,
} from './intervals.ts';
import type { Runtime } from './runtime.ts';

export interface MaintenanceOptions extends Omit<WindowCloserOptions, 'windowMs'> {
  readonly everyMs: number;
}

type ClosingPorts = Pick<Ports, 'finishedMessages' | 'notices'>;

export function startMaintenance(
  config: Config,
  runtime: Runtime,
  ports: ClosingPorts,
  options: MaintenanceOptions,
): Record<string, Loop> {
  return {
    'receipt window': startReceiptWindow(config, runtime, ports, options),
    forgetting: startForgetting(config, runtime),
    erasures: startErasures(runtime),
  };
}

function startReceiptWindow(
  config: Config,
  runtime: Runtime,
  ports: ClosingPorts,
  { everyMs, ...rest }: MaintenanceOptions,
): Loop {
  const closer = createWindowCloser(runtime, ports, {
    ...rest,
    windowMs: config.receiptWindowHours * hourMs,
  });
  const work = () => closer.round();
  const loop = startLoop({ name: 'receipt window', everyMs, work, log: runtime.log });
  return {
    wake: loop.wake,
    async stop() {
      closer.stopTaking();
      await loop.stop();
      await closer.close();
    },
  };
}

/** Continues erasures with rows in use; one process at a time. */
function startErasures(runtime: Runtime): Loop {
  let isStopping = false;
  const loop = startLoop({
    name: 'erasures',
    everyMs: continueErasuresEveryMs,
    log: runtime.log,
    async work() {
      await aloneIn(runtime.database, 'erasures', () => continueErasures(runtime, () => isStopping));
    },
  });
  return {
    wake: loop.wake,
    stop() {
      isStopping = true;
      return loop.stop();
    },
  };
}

/** The first round is delayed, so that short runs and many starts are not slowed down. */
function startForgetting(config: Config, runtime: Runtime): Loop {
  const { database, clock, log } = runtime;
  const holdsUntil: Round['holdsUntil'] = new Map();
  let isStopping = false;
  let dueMs = steadyClock.now() + forgetFirstMs;

  async function forgetAll(): Promise<boolean> {
    const terms = {
      keepDays: config.keepMessagesDays,
      receiptWindowMs: config.receiptWindowHours * hourMs,
    };
    return forgetWhatIsOld(runtime, {
      ...horizonAt(terms, clock.now()),
      buckets: await listBuckets(database.query),
      holdsUntil,
      isStopping: () => isStopping,
    });
  }

  const loop = startLoop({
    name: 'forgetting',
    everyMs: lookWhetherToForgetMs,
    log,
    async work() {
      if (steadyClock.now() < dueMs) return;
      // Null: another process runs the round.
      const isLeft = await aloneIn(database, 'forgetting', forgetAll);
      dueMs = steadyClock.now() + (isLeft === true ? forgetAgainMs : forgetEveryMs);
    },
  });
  return {
    wake: loop.wake,
    stop() {
      isStopping = true;
      return loop.stop();
    },
  };
}

/** Runs one round. Returns whether rows in use were left for a later round. */
export async function forgetWhatIsOld(
  runtime: Pick<Runtime, 'database' | 'log'>,
  round: Round,
): Promise<boolean> {
  await forgetLeftovers(runtime, round);
  const left = [];
  if (round.keepMs !== Number.POSITIVE_INFINITY) {
    left.push(await forgetCampaigns(runtime, round));
    await forgetHistory(runtime, round);
    left.push(await forgetMessages(runtime, round));
  }
  left.push(await forgetReferences(runtime, round));
  return left.includes(true);
}
