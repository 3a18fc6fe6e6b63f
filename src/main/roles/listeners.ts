// The role `listeners`: accepts connections of customers by HTTP, HTTPS, SMTP and SMPP, delivers callbacks over their binds, and
// accepts receipts and replies of carriers by HTTP.
// Records the latter itself if this process does not dispatch.
import { preloadNumbers } from '#gsm/msisdn.ts';
import { startLoop } from '#lib/async/loop.ts';
import { type CarrierRecorders, createCarrierRecorders } from '../carrier-recorders.ts';
import { callbacksEveryMs, unaidedPollMs } from '../intervals.ts';
import { openCustomerListeners } from '../listeners.ts';
import type { Role } from '../role.ts';
import { bindCallbacks, createSmppServer } from '../smpp-server.ts';

export const listeners: Role = {
  name: 'listeners',
  create(context) {
    let recorders: CarrierRecorders | null = null;
    // With the first callback: recorders have connections of their own, and most processes have no HTTP carrier.
    const smpp = createSmppServer(context);
    const { pusher } = smpp;
    const opened = openCustomerListeners(context, smpp, () => {
      if (!context.ports.carrierReceipts.isConnected) recorders = createCarrierRecorders(context);
    });
    const { intervals, log, buckets } = context;
    return {
      startLoops: () => ({
        [bindCallbacks]: startLoop({
          name: bindCallbacks,
          everyMs: callbacksEveryMs,
          idleMs: unaidedPollMs,
          work: async () => (await pusher.claim()) > 0 || pusher.isBusy,
          log,
        }),
        'lost bind callbacks': startLoop({
          name: 'lost bind callbacks',
          everyMs: intervals.expiryEveryMs,
          work: () => pusher.releaseLostClaims(buckets()),
          log,
        }),
        'overdue parts': startLoop({
          name: 'overdue parts',
          everyMs: intervals.expiryEveryMs,
          work: () => context.joinParts.joinOverdue(),
          log,
        }),
      }),
      open() {
        preloadNumbers();
        return opened.open();
      },
      urls: () => opened.urls(),
      close: () => opened.stop(),
      async finish() {
        await recorders?.receipts.stop();
        await recorders?.replies.stop();
        await pusher.stop();
      },
    };
  },
};
