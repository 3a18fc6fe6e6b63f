// What OVH's dialect may ask of the house, answered by operations. Serves the doors.
import type { OvhDesks } from '#dialects/ovh/desks.ts';
import type { RateCard } from '#domain/pricing.ts';
import { listAccountsOf } from '#store/accounts.ts';
import type { Books } from './books.ts';
import type { Config } from './config.ts';
import type { DoorsOptions } from './doors.ts';
import type { Engine } from './engine.ts';

export interface OvhOfficeOptions {
  readonly config: Config;
  readonly engine: Engine;
  readonly books: Books;
  readonly rates: () => RateCard;
}

/** What a credit is when an account has no price of its own for it: an SMS to France. */
const usualDestination = 'FR';
/** Where France is not served either. */
const fallbackPriceMicros = 50_000n;

export function openOvhOffice(options: OvhOfficeOptions): DoorsOptions['ovh'] {
  const { publicUrl } = options.config;
  return { desks: desksOf(options), publicUrls: publicUrl === null ? [] : [publicUrl] };
}

function desksOf({ engine, books: { accounts, consumers }, rates }: OvhOfficeOptions): OvhDesks {
  const { query } = engine.database;
  return {
    consumers,
    accounts: {
      byName: (serviceName) => accounts.byName(serviceName),
      listOf: (customer) => listAccountsOf(query, customer.id),
      creditPriceMicros({ settings }) {
        if (settings.creditPriceMicros !== null) return BigInt(settings.creditPriceMicros);
        const price = rates().priceOf(usualDestination, 'premium');
        return typeof price === 'bigint' ? price : fallbackPriceMicros;
      },
    },
  };
}
