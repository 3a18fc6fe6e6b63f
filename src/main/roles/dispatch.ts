// The role `dispatch`: holds connectors, hands messages to them, and records outcomes, receipts and replies. Hands nothing to
// connectors while the lease is overdue: another process may already have reclaimed the work.
import { type LoopOptions, startLoop } from '#lib/async/loop.ts';
import { Dispatcher } from '#pipeline/dispatch-messages.ts';
import { createOutcomeRecorder } from '#pipeline/record-outcomes.ts';
import { createCarrierRecorders } from '../carrier-recorders.ts';
import {
  dispatchEveryMs,
  exchangesEveryMs,
  healthEveryMs,
  oldUnmatchedRounds,
  recentUnmatchedEveryMs,
  recentUnmatchedMs,
  unaidedPollMs,
} from '../intervals.ts';
import type { Role, RoleContext } from '../role.ts';

export const dispatch: Role = {
  name: 'dispatch',
  create(context) {
    const { connectorSet } = context;
    const stages = createStages(context);
    const { dispatcher, outcomes, receipts, replies } = stages;
    return {
      async onProcesses(live) {
        const dispatching = live.filter(({ roles }) => roles.includes('dispatch'));
        await connectorSet.refresh(dispatching.map(({ id }) => id));
        // `message show` of other processes explains with it why a message waits.
        await connectorSet.saveBound();
      },
      startLoops: () => startDispatchLoops(context, stages),
      missing: () => (connectorSet.isReachable ? null : 'no carrier is bound'),
      pause: (isPaused) => dispatcher.pause(isPaused),
      async finish() {
        await outcomes.stop();
        await receipts.stop();
        await replies.stop();
        await dispatcher.finish();
      },
    };
  },
};

type Stages = ReturnType<typeof createStages>;

function createStages(context: RoleContext) {
  const { ports, processId, connectorSet, onFatal } = context;
  const { receipts, replies, recent } = createCarrierRecorders(context);
  return {
    receipts,
    replies,
    outcomes: createOutcomeRecorder(context, ports, {
      processId,
      recent,
      isResending: () => connectorSet.isResending,
      onFenced: (error) => onFatal(`this process was declared dead by another: ${String(error)}`),
    }),
    dispatcher: new Dispatcher(context, ports, {
      processId,
      routes: () => connectorSet.routes,
      costs: () => connectorSet.costs,
      health: connectorSet.countryHealth,
      buckets: () => context.buckets(),
      random: context.random,
    }),
  };
}

function startDispatchLoops(
  { runtime, intervals, connectorSet }: RoleContext,
  { dispatcher, receipts, replies }: Stages,
) {
  const { clock, log } = runtime;
  const { expiryEveryMs } = intervals;
  const loop = (options: Omit<LoopOptions, 'log'>) => startLoop({ ...options, log });
  const dispatching = loop({
    name: 'dispatch',
    everyMs: dispatchEveryMs,
    idleMs: unaidedPollMs,
    nextDue: (withinMs) => dispatcher.nextDue(withinMs),
    async work() {
      await dispatcher.releaseStuck();
      await dispatcher.releasePaused();
      return (await dispatcher.claim()) > 0 || dispatcher.isBusy;
    },
  });
  return {
    dispatch: {
      wake: () => dispatching.wake(),
      stop() {
        dispatcher.stopTaking();
        return dispatching.stop();
      },
    },
    'connector health': loop({
      name: 'connector health',
      everyMs: healthEveryMs,
      work: () => connectorSet.saveHealth(),
    }),
    'carrier exchanges': loop({
      name: 'carrier exchanges',
      everyMs: exchangesEveryMs,
      work: () => connectorSet.saveExchanges(),
    }),
    expiry: loop({
      name: 'expiry',
      everyMs: expiryEveryMs,
      async work() {
        await dispatcher.expire();
        await dispatcher.releaseLostClaims();
      },
    }),
    'overdue replies': loop({
      name: 'overdue replies',
      everyMs: expiryEveryMs,
      work: () => replies.joinOverdue(),
    }),
    'recent unmatched receipts': loop({
      name: 'recent unmatched receipts',
      everyMs: recentUnmatchedEveryMs,
      idleMs: unaidedPollMs,
      work: () => receipts.matchUnmatchedReceipts(clock.now() - recentUnmatchedMs),
    }),
    'unmatched receipts': loop({
      name: 'unmatched receipts',
      everyMs: expiryEveryMs * oldUnmatchedRounds,
      work: () => receipts.matchUnmatchedReceipts(0),
    }),
  };
}
