// The role `maintenance`: closes receipt windows, counts traffic, applies retention and continues erasures of numbers.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { hourMs } from '#lib/time/duration.ts';
import { createWindowCloser } from '#pipeline/close-receipt-windows.ts';
import {
  continueErasuresEveryMs,
  countTrafficEveryMs,
  forgetAgainMs,
  forgetEveryMs,
  forgetFirstMs,
  lookWhetherToForgetMs,
} from '../intervals.ts';
import type { Role, RoleContext } from '../role.ts';

export const maintenance: Role = {
  name: 'maintenance',
  create: (context) => ({
    startLoops: () => ({
      'receipt window': startReceiptWindow(context),
      retention: startRetention(context),
      traffic: startTraffic(context),
      erasures: startLoop({
        name: 'erasures',
        everyMs: continueErasuresEveryMs,
        work: context.jobs.continueErasures,
        log: context.log,
      }),
    }),
  }),
};

function startReceiptWindow(context: RoleContext): Loop {
  const { config, ports, intervals, buckets, log } = context;
  const windowMs = config.receiptWindowHours * hourMs;
  const closer = createWindowCloser(context, ports, { buckets, windowMs });
  const everyMs = intervals.expiryEveryMs;
  const loop = startLoop({ name: 'receipt window', everyMs, work: () => closer.round(), log });
  return {
    wake: loop.wake,
    async stop() {
      closer.stopTaking();
      await loop.stop();
      await closer.close();
    },
  };
}

/** The first round is delayed: it counts all that a stopped installation has not. */
function startTraffic({ jobs, log }: RoleContext): Loop {
  const dueMs = steadyClock.now() + countTrafficEveryMs;
  return startLoop({
    name: 'traffic',
    everyMs: countTrafficEveryMs,
    log,
    work: async () => (steadyClock.now() < dueMs ? undefined : jobs.countTraffic()),
  });
}

/** The first round is delayed, so that short runs and many starts are not slowed down. */
function startRetention({ jobs, log }: RoleContext): Loop {
  let dueMs = steadyClock.now() + forgetFirstMs;
  return startLoop({
    name: 'retention',
    everyMs: lookWhetherToForgetMs,
    log,
    async work() {
      if (steadyClock.now() < dueMs) return;
      const isLeft = await jobs.deleteExpired();
      dueMs = steadyClock.now() + (isLeft === true ? forgetAgainMs : forgetEveryMs);
    },
  });
}
