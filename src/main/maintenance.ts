// What comes after messages have left, in processes that dispatch: a loop that ends those whose receipt never came, and one
// that forgets what is no longer kept.
import { horizonAt, type Round } from '#domain/delivery/retention.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { createWindowCloser, type WindowCloserOptions } from '#pipeline/close-receipt-windows.ts';
import { forgetCampaigns } from '#pipeline/retention/delete-campaigns.ts';
import { forgetMessages } from '#pipeline/retention/delete-messages.ts';
import { forgetReferences } from '#pipeline/retention/delete-references.ts';
import { forgetHistory, forgetLeftovers } from '#pipeline/retention/delete-rows.ts';
import { listBuckets } from '#store/accounts/accounts.ts';
import { aloneIn } from '#store/database/locks.ts';
import type { Config } from './config.ts';
import { forgetAgainMs, forgetEveryMs, forgetFirstMs, lookWhetherToForgetMs } from './intervals.ts';
import type { Engine } from './runtime.ts';

export interface EndsOptions extends Omit<WindowCloserOptions, 'windowMs'> {
  readonly everyMs: number;
}

const hourMs = 3_600_000;

export function startEnds(config: Config, engine: Engine, options: EndsOptions): Record<string, Loop> {
  return {
    'receipt window': startReceiptWindow(config, engine, options),
    forgetting: startForgetting(config, engine),
  };
}

function startReceiptWindow(config: Config, engine: Engine, { everyMs, ...rest }: EndsOptions): Loop {
  const closer = createWindowCloser(engine, { ...rest, windowMs: config.receiptWindowHours * hourMs });
  const work = () => closer.round();
  const loop = startLoop({ name: 'receipt window', everyMs, work, log: engine.log });
  return {
    wake: loop.wake,
    async stop() {
      closer.stopTaking();
      await loop.stop();
      await closer.close();
    },
  };
}

/** Not at once, so that who starts and stops often, or starts many, is not held up. */
function startForgetting(config: Config, engine: Engine): Loop {
  const { database, clock, log } = engine;
  const holdsUntil: Round['holdsUntil'] = new Map();
  let isStopping = false;
  let dueMs = steadyClock.now() + forgetFirstMs;

  async function forgetAll(): Promise<boolean> {
    const terms = {
      keepDays: config.keepMessagesDays,
      receiptWindowMs: config.receiptWindowHours * hourMs,
    };
    return forgetWhatIsOld(engine, {
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
      // Null: another process is at it.
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

/** One round. Answers whether something was left for later because it was in use. */
export async function forgetWhatIsOld(
  engine: Pick<Engine, 'database' | 'log'>,
  round: Round,
): Promise<boolean> {
  await forgetLeftovers(engine, round);
  const left = [];
  if (round.keepMs !== Number.POSITIVE_INFINITY) {
    left.push(await forgetCampaigns(engine, round));
    await forgetHistory(engine, round);
    left.push(await forgetMessages(engine, round));
  }
  left.push(await forgetReferences(engine, round));
  return left.includes(true);
}
