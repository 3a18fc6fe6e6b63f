// What the platform sends of itself on behalf of accounts: a loop that sends, and one that watches over what is left for
// their users. Mails leave by the way of the callbacks.
import type { RateCard } from '#domain/pricing.ts';
import type { HttpClient } from '#lib/http-client.ts';
import { runErrands } from '#operations/run-errands.ts';
import type { SubmitCampaign } from '#operations/submit-campaign.ts';
import { watchUsers } from '#operations/watch-users.ts';
import { type Loop, startLoop } from '#workers/loop.ts';
import type { Engine } from './engine.ts';
import { errandsEveryMs, watchUsersEveryMs } from './pace.ts';
import { mailBy } from './post-office.ts';

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
