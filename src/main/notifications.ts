// Notifications of the platform for accounts: a loop that sends them, and one that watches the quotas of users. Mails use
// the callback transport. Used by the role `callbacks`.
import type { RatesFor } from '#domain/money/price-changes.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import type { HttpClient } from '#lib/net/http-client.ts';
import { watchUsers } from '#operations/money/user-alerts.ts';
import { sendNotifications } from '#operations/operator/notifications.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { mailBy } from './callback-transport.ts';
import { idlePollMs, notificationsEveryMs, watchUsersEveryMs } from './intervals.ts';
import type { Runtime } from './runtime.ts';

export interface NotificationsOptions {
  readonly runtime: Runtime;
  readonly processId: number;
  readonly buckets: () => readonly number[];
  readonly callbackTransport: HttpClient;
  readonly submit: (...order: Parameters<SubmitCampaign>) => ReturnType<SubmitCampaign>;
  readonly rates: RatesFor;
}

export function startNotifications(setup: NotificationsOptions): Record<string, Loop> {
  const { runtime, processId, buckets, callbackTransport, submit, rates } = setup;
  const { log } = runtime;
  const options = { processId, buckets, submit, mail: mailBy(callbackTransport) };
  const work = () => sendNotifications(runtime, options);
  const watch = () => watchUsers(runtime, rates);
  return {
    notifications: startLoop({
      name: 'errands',
      everyMs: notificationsEveryMs,
      idleMs: idlePollMs,
      work,
      log,
    }),
    users: startLoop({ name: 'users', everyMs: watchUsersEveryMs, work: watch, log }),
  };
}
