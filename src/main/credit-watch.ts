// The watch on low credit: a loop of its own that tells who wants to be told and buys for those who want it bought. Its
// mails leave by the way of the callbacks.
import type { RatesFor } from '#domain/money/price-changes.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import type { HttpClient } from '#lib/net/http-client.ts';
import { urlOf } from '#listeners/listening.ts';
import { buyAutomatically } from '#operations/money/automatic-top-ups.ts';
import { watchCredit } from '#operations/money/credit-alerts.ts';
import { mailBy } from './callback-transport.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

/** Credit that is bought should be there before the rest is spent. */
const everyMs = 15_000;

export interface CreditWatchOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly processId: number;
  readonly callbackTransport: HttpClient;
  readonly rates: RatesFor;
}

export function startCreditWatch(options: CreditWatchOptions): Loop {
  const { config, runtime, processId, callbackTransport, rates } = options;
  const { vatPercent, packDiscounts: discounts } = config;
  const mail = mailBy(callbackTransport);
  const baseUrl = baseUrlOf(config);
  const formAddress = (token: string) => `${baseUrl}/orders/${token}`;
  const work = async () => {
    await watchCredit(runtime, { processId, rates, mail });
    await buyAutomatically(runtime, { rates, priceList: { vatPercent, discounts }, formAddress });
  };
  return startLoop({ name: 'credit', everyMs, work, log: runtime.log });
}

/** What customers call us by, as far as the settings tell. */
function baseUrlOf({ publicUrl, host, httpPort, httpsPort }: Config): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  return httpPort === 0 ? urlOf('https', host, httpsPort) : urlOf('http', host, httpPort);
}
