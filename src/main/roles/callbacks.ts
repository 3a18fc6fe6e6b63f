// The role `callbacks`: pushes callbacks, and sends notifications, alerts and automatic top-ups. Mails leave by the callback
// transport.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { CallbackPusher } from '#pipeline/push-callbacks.ts';
import { openCallbackTransport } from '../callback-transport.ts';
import { startCreditWatch } from '../credit-watch.ts';
import { callbacksEveryMs, idlePollMs } from '../intervals.ts';
import { startNotifications } from '../notifications.ts';
import type { Role } from '../role.ts';

export const callbacks: Role = {
  name: 'callbacks',
  create(context) {
    const { config, runtime, intervals, ports, processId, buckets, submit } = context;
    const callbackTransport = openCallbackTransport(config);
    const pusher = new CallbackPusher(context, ports, {
      processId,
      http: callbackTransport,
      accountOf: (id) => context.accounts.byId(id),
      buckets,
      perEndpoint: config.perEndpoint,
      random: context.random,
    });
    const rates = (accountId: number | null) => context.pricing().rates(accountId);
    const shared = { config, runtime, processId, buckets, callbackTransport, rates, submit };
    let notifications: Loop | undefined;
    return {
      startLoops() {
        const { log } = runtime;
        const loops = startNotifications(shared);
        notifications = loops['notifications'];
        return {
          ...loops,
          credit: startCreditWatch(shared),
          callbacks: startLoop({
            name: 'callbacks',
            everyMs: callbacksEveryMs,
            idleMs: idlePollMs,
            work: async () => (await pusher.claim()) > 0 || pusher.isBusy,
            log,
          }),
          'lost callbacks': startLoop({
            name: 'lost callbacks',
            everyMs: intervals.expiryEveryMs,
            work: () => pusher.releaseLostClaims(),
            log,
          }),
        };
      },
      close: async () => notifications?.stop(),
      finish: () => pusher.stop(),
    };
  },
};
