// chappe rate list | set | remove | import | export | history | restore: the price of a segment, by country and tier.
// The rules are in operations/operator/rates/service.ts.
import { readFile, stat } from 'node:fs/promises';
import { formatEuro } from '#domain/money/micros.ts';
import type { Rate } from '#domain/money/rate-card.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import type { CardPreview, MadeChange } from '#operations/operator/rates/change-rates.ts';
import { createRates, type Rates } from '#operations/operator/rates/service.ts';
import { type Call, type Command, type Option, readInstant, readNumber, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

const accountOption: Option = {
  type: 'string',
  value: 'SERVICE',
  help: 'prices of this account only, which override the rate card',
};
const fromOption: Option = { type: 'string', value: 'INSTANT', help: 'time from which it applies (now)' };

/** A card has a few hundred lines. The limit is far above, so that a refusal can name the line. */
const mostBytes = 64 * 1_048_576;

const scopeOf = (call: Call) => ({ account: call.text('account') ?? null });
const timingOf = (call: Call) => ({ ...scopeOf(call), fromMs: readInstant(call, 'from') });

function withRates(
  call: Call,
  work: (rates: Rates, access: OperatorAccess) => Promise<number>,
): Promise<number> {
  return withService(call, createRates, work);
}

export const rateList: Command = {
  words: 'rate list',
  summary: 'Lists the current prices of a segment by country and tier, with the next price if one is set.',
  options: {
    account: accountOption,
    country: { type: 'string', value: 'CC', help: 'of this country only' },
  },
  run: (call) =>
    withRates(call, async (service, access) => {
      const country = call.text('country')?.toUpperCase();
      const { rates, upcoming } = await service.list(access, scopeOf(call));
      const rows = rates
        .filter((rate) => country === undefined || rate.country === country)
        .map((rate) => {
          const next = upcoming.find(
            (change) =>
              change.country === rate.country &&
              change.tier === rate.tier &&
              (change.accountId !== null) === rate.isOwn,
          );
          return {
            country: rate.country,
            tier: rate.tier,
            price: formatEuro(rate.priceMicros, 6),
            own: rate.isOwn,
            next:
              next === undefined ? null : { price: priceOf(next.priceMicros), from: isoOf(next.validFromMs) },
          };
        });
      const shown = rows.map(
        ({ own, next, ...row }) =>
          `${row.country}  ${row.tier.padEnd(9)}  ${row.price} EUR${own ? '  of this account' : ''}` +
          (next === null ? '' : `  (${next.price ?? 'no price'} from ${next.from})`),
      );
      call.print(rows, shown.length === 0 ? ['no prices'] : shown);
      return 0;
    }),
};

export const rateSet: Command = {
  words: 'rate set',
  positionals: ['COUNTRY', 'TIER', 'EUR'],
  summary: 'Sets the price of a segment: COUNTRY as FR, TIER premium, low_cost or world.',
  options: { account: accountOption, from: fromOption },
  run: (call) =>
    withRates(call, async (rates, access) => {
      const [country, tier, price] = call.positionals as [string, string, string];
      return printChange(call, await rates.set(access, { ...timingOf(call), country, tier, price }));
    }),
};

export const rateRemove: Command = {
  words: 'rate remove',
  positionals: ['COUNTRY', 'TIER'],
  summary:
    'Removes a price: the country is no longer available, or with --account has the price of the rate card.',
  options: { account: accountOption, from: fromOption },
  run: (call) =>
    withRates(call, async (rates, access) => {
      const [country, tier] = call.positionals as [string, string];
      return printChange(call, await rates.set(access, { ...timingOf(call), country, tier, price: null }));
    }),
};

export const rateImport: Command = {
  words: 'rate import',
  positionals: ['FILE'],
  summary:
    'Replaces the whole rate card by a file (country,tier,price_eur; - is standard input), as one change.',
  options: {
    account: accountOption,
    from: fromOption,
    'dry-run': { type: 'boolean', help: 'show the differences and change nothing' },
  },
  run: async (call) => {
    // Checked before the database is opened: a missing file needs no database.
    const csv = await readCard(call.positionals[0]!);
    return withRates(call, async (rates, access) => {
      const order = { ...timingOf(call), csv };
      if (!call.flag('dry-run')) return printChange(call, await rates.import(access, order));
      const preview = await rates.preview(access, order);
      call.print({ dryRun: true, ...documentOf(preview) }, ['nothing is changed', ...linesOf(preview)]);
      return 0;
    });
  },
};

export const rateExport: Command = {
  words: 'rate export',
  summary: 'Prints the rate card, or the prices of one account, in the format that rate import reads.',
  options: { account: accountOption },
  run: (call) =>
    withRates(call, async (rates, access) => {
      const csv = await rates.export(access, scopeOf(call));
      call.print({ csv }, [csv.trimEnd()]);
      return 0;
    }),
};

export const rateHistory: Command = {
  words: 'rate history',
  summary: 'Lists the changes of prices, newest first. Each can be restored.',
  options: {
    account: accountOption,
    limit: { type: 'string', value: 'N', help: 'maximum number (50)' },
  },
  run: (call) =>
    withRates(call, async (rates, access) => {
      const limit = readNumber(call, 'limit', 50, 1, 10_000);
      const rows = (await rates.history(access, scopeOf(call), limit)).map((change) => ({
        change: change.id,
        kind: change.kind,
        account: change.account,
        prices: change.prices,
        from: isoOf(change.validFromMs),
        by: change.actor,
        at: isoOf(change.createdAtMs),
      }));
      const shown = rows.map(
        (r) =>
          `${String(r.change).padStart(6)}  ${r.kind.padEnd(8)}  ${String(r.prices).padStart(4)} prices  from ${r.from}  by ${r.by} at ${r.at}`,
      );
      call.print(rows, shown.length === 0 ? ['no changes'] : shown);
      return 0;
    }),
};

export const rateRestore: Command = {
  words: 'rate restore',
  positionals: ['CHANGE'],
  summary: 'Restores the prices as they were after a change (rate history), as a new change.',
  options: { from: fromOption },
  run: (call) =>
    withRates(call, async (rates, access) => {
      const change = Number(call.positionals[0]);
      if (!Number.isSafeInteger(change) || change <= 0)
        throw new UsageError(
          `"${call.positionals[0]}" is not the number of a change; see chappe rate history`,
        );
      return printChange(call, await rates.restore(access, change, readInstant(call, 'from')));
    }),
};

function printChange(call: Call, { changeId, validFromMs, preview }: MadeChange): number {
  call.print({ change: changeId, from: isoOf(validFromMs), ...documentOf(preview) }, [
    `change ${changeId}, from ${isoOf(validFromMs)}`,
    ...linesOf(preview),
  ]);
  return 0;
}

function documentOf({ added, changed, removed, belowCost, unserved, prices }: CardPreview) {
  const row = ({ country, tier, priceMicros }: Rate) => ({
    country,
    tier,
    price: formatEuro(priceMicros, 6),
  });
  return {
    prices,
    added: added.map(row),
    changed: changed.map((rate) => ({ ...row(rate), before: formatEuro(rate.beforeMicros, 6) })),
    removed: removed.map(row),
    belowCost: belowCost.map((rate) => ({ ...row(rate), cost: formatEuro(rate.costMicros, 6) })),
    unserved,
  };
}

function linesOf({ added, changed, removed, belowCost, unserved, prices }: CardPreview): string[] {
  const place = ({ country, tier }: Pick<Rate, 'country' | 'tier'>) => `${country} ${tier}`;
  const euro = (micros: bigint) => `${formatEuro(micros, 6)} EUR`;
  return [
    `${prices} prices: ${added.length} new, ${changed.length} changed, ${removed.length} removed`,
    ...added.map((rate) => `  new      ${place(rate)}  ${euro(rate.priceMicros)}`),
    ...changed.map(
      (rate) => `  changed  ${place(rate)}  ${euro(rate.beforeMicros)} to ${euro(rate.priceMicros)}`,
    ),
    ...removed.map((rate) => `  removed  ${place(rate)}  ${euro(rate.priceMicros)}`),
    ...belowCost.map(
      (rate) =>
        `  below cost: ${place(rate)} is sold at ${euro(rate.priceMicros)}, a carrier takes ${euro(rate.costMicros)}`,
    ),
    ...unserved.map(
      (traffic) => `  no longer served: ${place(traffic)}, ${traffic.messages} messages in the last 30 days`,
    ),
  ];
}

const isoOf = (ms: number) => new Date(ms).toISOString();
const priceOf = (micros: bigint | null) => (micros === null ? null : formatEuro(micros, 6));

async function readCard(file: string): Promise<string> {
  try {
    if (file === '-') return await readFile('/dev/stdin', 'utf8');
    if ((await stat(file)).size > mostBytes) throw new UsageError(`${file} is too large to be a rate card`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
