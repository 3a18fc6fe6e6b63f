// chappe rate lookup: the price of a number look-up for customers.
import { formatEuro } from '#domain/money/micros.ts';
import { createLookupPrices } from '#operations/operator/lookup-prices.ts';
import { type Command, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

export const rateLookup: Command = {
  words: 'rate lookup',
  positionals: ['[EUR]'],
  summary: 'Sets or shows the price of a number look-up (HLR), by the country of the number.',
  options: {
    country: { type: 'string', value: 'CC', help: 'for this country only (all others)' },
    remove: { type: 'boolean', help: 'remove the price of the country' },
  },
  run: (call) =>
    withService(call, createLookupPrices, async (service, access) => {
      const country = call.text('country') ?? null;
      const price = call.positionals[0];
      if (call.flag('remove')) {
        if (price !== undefined || country === null)
          throw new UsageError('--remove goes with --country and without a price');
        await service.remove(access, country);
      } else if (price !== undefined) await service.set(access, country, price);
      const prices = [...(await service.list(access))].sort(([a], [b]) => (a < b ? -1 : 1));
      call.print(
        Object.fromEntries(prices.map(([place, micros]) => [place, formatEuro(micros, 6)])),
        prices.map(
          ([place, micros]) =>
            `${place === '*' ? 'elsewhere' : place.padEnd(9)}  ${formatEuro(micros, 4)} EUR a number`,
        ),
      );
      return 0;
    }),
};
