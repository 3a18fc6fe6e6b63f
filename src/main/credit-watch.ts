// The watch on low credit: a loop of its own, whose mails leave by the way of the callbacks.
import type { RateCard } from '#domain/pricing.ts';
import type { HttpClient } from '#lib/http-client.ts';
import { watchCredit } from '#operations/watch-credit.ts';
import { type Loop, startLoop } from '#workers/loop.ts';
import type { Engine } from './engine.ts';

const everyMs = 60_000;

export function startCreditWatch(engine: Engine, postOffice: HttpClient, rates: () => RateCard): Loop {
  const mail = async (to: string, subject: string, text: string) => {
    const url = `mailto:${encodeURIComponent(to)}?subject=${encodeURIComponent(subject)}`;
    return (await postOffice.post(url, {}, text)).error;
  };
  const work = () => watchCredit(engine, { rates, mail });
  return startLoop({ name: 'credit', everyMs, work, log: engine.log });
}
