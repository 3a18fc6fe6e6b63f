// Watches for low credit: a separate loop that sends alerts and makes automatic top-ups. Its mails use the callback
// transport. Used by the role `callbacks`.
import type { RatesFor } from '#domain/money/price-changes.ts';
import { type Loop, startLoop } from '#lib/async/loop.ts';
import type { HttpClient } from '#lib/net/http-client.ts';
import { urlOf } from '#listeners/listening.ts';
import { buyAutomatically } from '#operations/money/automatic-top-ups.ts';
import { watchCredit } from '#operations/money/credit-alerts.ts';
import { mailBy } from './callback-transport.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

/** Short, because bought credit is needed before the rest is spent. */
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

/** The address of this platform for customers, as far as the settings have it. */
function baseUrlOf({ publicUrl, host, httpPort, httpsPort }: Config): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  return httpPort === 0 ? urlOf('https', host, httpsPort) : urlOf('http', host, httpPort);
}
