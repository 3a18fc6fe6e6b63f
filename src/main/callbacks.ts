// What processes with the role `callbacks` do: push what customers are owed, and what else leaves by the same way: answers,
// alerts, mails.

import type { Loop } from '#lib/async/loop.ts';
import { systemRandom } from '#lib/random.ts';
import type { Context } from '#pipeline/context.ts';
import type { Ports } from '#pipeline/ports.ts';
import { CallbackPusher, type PusherOptions } from '#pipeline/push-callbacks.ts';
import { openCallbackTransport } from './callback-transport.ts';
import { type CreditWatchOptions, startCreditWatch } from './credit-watch.ts';
import { type NotificationsOptions, startNotifications } from './notifications.ts';

export interface CallbacksOptions
  extends Omit<CreditWatchOptions & NotificationsOptions, 'callbackTransport'>,
    Pick<PusherOptions, 'accountOf'> {}

/** The loops that watch and answer run from now on; those that claim callbacks are for the caller to start. */
export function startCallbacks(
  context: Context,
  ports: Pick<Ports, 'finishedMessages'>,
  options: CallbacksOptions,
): { readonly pusher: CallbackPusher; readonly loops: Record<string, Loop> } {
  const { config, processId, buckets, accountOf } = options;
  const callbackTransport = openCallbackTransport(config);
  const shared = { ...options, callbackTransport };
  return {
    pusher: new CallbackPusher(context, ports, {
      processId,
      http: callbackTransport,
      accountOf,
      buckets,
      perEndpoint: config.perEndpoint,
      random: systemRandom,
    }),
    loops: { credit: startCreditWatch(shared), ...startNotifications(shared) },
  };
}
