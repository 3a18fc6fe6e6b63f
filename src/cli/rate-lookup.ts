// chappe rate lookup: what customers pay for what a carrier knows of a number.
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import { listLookupPrices, removeLookupPrice, setLookupPrice } from '#store/money/lookup-prices.ts';
import { type Command, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

/** The row for every country that has none of its own. */
const everywhere = '*';

export const rateLookup: Command = {
  words: 'rate lookup',
  positionals: ['[EUR]'],
  summary: 'Sets, or shows, what looking up a number costs (HLR), by the country of the number.',
  options: {
    country: { type: 'string', value: 'CC', help: 'for this country only (all others)' },
    remove: { type: 'boolean', help: 'the country has no price of its own any more' },
  },
  run: (call) =>
    withRuntime(call, async ({ database: { query } }) => {
      const country = call.text('country')?.toUpperCase() ?? everywhere;
      if (country !== everywhere && !/^[A-Z]{2}$/.test(country))
        throw new UsageError(`--country is "${country}", but must be a code of two letters such as FR`);
      const written = call.positionals[0];
      if (call.flag('remove')) {
        if (written !== undefined || country === everywhere)
          throw new UsageError('--remove goes with --country and without a price');
        if (!(await removeLookupPrice(query, country)))
          throw new UsageError(`${country} has no price of its own; see chappe rate lookup`);
      } else if (written !== undefined) await setLookupPrice(query, country, readPrice(written));
      const prices = [...(await listLookupPrices(query))].sort(([a], [b]) => (a < b ? -1 : 1));
      call.print(
        Object.fromEntries(prices.map(([place, micros]) => [place, formatEuro(micros, 6)])),
        prices.map(
          ([place, micros]) =>
            `${place === everywhere ? 'elsewhere' : place.padEnd(9)}  ${formatEuro(micros, 4)} EUR a number`,
        ),
      );
      return 0;
    }),
};

function readPrice(written: string): bigint {
  const micros = parseEuro(written);
  if (micros === null || micros < 0n)
    throw new UsageError(`"${written}" must be an amount in euro such as 0.01`);
  return micros;
}
