// The role `callbacks`: pushes callbacks, and sends notifications, alerts and automatic top-ups. Mails leave by the callback
// transports.
import { type Loop, startLoop } from '#lib/async/loop.ts';
import { CallbackPusher } from '#pipeline/push-callbacks.ts';
import { createSendMail, openCallbackTransports } from '../callback-transports.ts';
import {
  callbacksEveryMs,
  notificationsEveryMs,
  unaidedPollMs,
  watchCreditEveryMs,
  watchUsersEveryMs,
} from '../intervals.ts';
import type { Role } from '../role.ts';

export const callbacks: Role = {
  name: 'callbacks',
  create(context) {
    const { config, log, intervals, ports, processId, buckets, jobs } = context;
    const transports = openCallbackTransports(config, context.clock);
    const pusher = new CallbackPusher(context, ports, {
      processId,
      transports,
      accountOf: (id) => context.accounts.byId(id),
      buckets,
      perEndpoint: config.perEndpoint,
      random: context.random,
    });
    const mail = createSendMail(transports);
    let notifications: Loop | undefined;
    return {
      startLoops() {
        notifications = startLoop({
          name: 'notifications',
          everyMs: notificationsEveryMs,
          idleMs: unaidedPollMs,
          work: () => jobs.sendNotifications(mail),
          log,
        });
        return {
          notifications,
          users: startLoop({ name: 'users', everyMs: watchUsersEveryMs, work: jobs.watchUserQuotas, log }),
          credit: startLoop({
            name: 'credit',
            everyMs: watchCreditEveryMs,
            async work() {
              await jobs.watchCredit(mail);
              await jobs.topUpAutomatically();
            },
            log,
          }),
          callbacks: startLoop({
            name: 'callbacks',
            everyMs: callbacksEveryMs,
            idleMs: unaidedPollMs,
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
