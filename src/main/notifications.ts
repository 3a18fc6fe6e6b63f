// What the platform sends of itself on behalf of accounts: a loop that sends, and one that watches over what is left for
// their users. Mails leave by the way of the callbacks.
import type { RateCard } from '#domain/money/rate-card.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import type { HttpClient } from '#lib/net/http-client.ts';
import { watchUsers } from '#operations/money/user-alerts.ts';
import { runErrands } from '#operations/operator/notifications.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { mailBy } from './callback-transport.ts';
import { errandsEveryMs, watchUsersEveryMs } from './intervals.ts';
import type { Engine } from './runtime.ts';

export interface ErrandsOptions {
  readonly engine: Engine;
  readonly processId: number;
  readonly buckets: () => readonly number[];
  readonly postOffice: HttpClient;
  readonly submit: (...order: Parameters<SubmitCampaign>) => ReturnType<SubmitCampaign>;
  readonly rates: () => RateCard;
}

export function startErrands(setup: ErrandsOptions): Record<string, Loop> {
  const { engine, processId, buckets, postOffice, submit, rates } = setup;
  const { log } = engine;
  const options = { processId, buckets, submit, mail: mailBy(postOffice) };
  const work = () => runErrands(engine, options);
  const watch = () => watchUsers(engine, rates);
  return {
    errands: startLoop({ name: 'errands', everyMs: errandsEveryMs, work, log }),
    users: startLoop({ name: 'users', everyMs: watchUsersEveryMs, work: watch, log }),
  };
}
