// Prices of number look-ups, by the country of the number. Used by `chappe rate lookup`.
// Refuses, as OperatorRefusal: an unknown country, an invalid amount, a country without a separate price.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { LookupPrices } from '#domain/money/lookup-prices.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listLookupPrices, removeLookupPrice, setLookupPrice } from '#store/money/lookup-prices.ts';

export interface LookupPriceList {
  /** The key `*` is the price of every country without a separate one. */
  list(access: OperatorAccess): Promise<LookupPrices>;
  /** `country` null: every country without a separate price. */
  set(access: OperatorAccess, country: string | null, price: string): Promise<void>;
  /** The country has the common price again. */
  remove(access: OperatorAccess, country: string): Promise<void>;
}

const everywhere = '*';

export function createLookupPrices({
  database,
  clock,
}: Pick<Context, 'database' | 'clock'>): LookupPriceList {
  return {
    async list(access) {
      authorize(access, 'lookup-prices.read');
      return listLookupPrices(database.query);
    },

    async set(access, country, price) {
      authorize(access, 'lookup-prices.write');
      const place = country === null ? everywhere : requireCountry(country);
      const micros = parseEuro(price);
      if (micros === null || micros < 0n)
        throw new OperatorRefusal(`"${price}" must be an amount in euro such as 0.01`);
      await database.transaction(async (query) => {
        await setLookupPrice(query, place, micros);
        const after = { price: formatEuro(micros, 6) };
        await auditChange(query, access, { action: 'rate.lookup-set', target: place, after }, clock.now());
      });
    },

    async remove(access, country) {
      authorize(access, 'lookup-prices.write');
      const place = requireCountry(country);
      await database.transaction(async (query) => {
        if (!(await removeLookupPrice(query, place)))
          throw new OperatorRefusal(`${place} has no price of its own; see chappe rate lookup`);
        await auditChange(query, access, { action: 'rate.lookup-removed', target: place }, clock.now());
      });
    },
  };
}

function requireCountry(written: string): string {
  const country = written.toUpperCase();
  if (/^[A-Z]{2}$/.test(country)) return country;
  throw new OperatorRefusal(`"${written}" is not a country; write two letters such as FR`);
}
