// Handlers of the operator's calls about prices. Used by http-family.ts through operator-routes.ts.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { Rate } from '#domain/money/rate-card.ts';
import type { CardPreview, MadeChange } from '#operations/operator/rates/change-rates.ts';
import type { operatorRateCalls } from './contract/operator-rates.ts';
import { ConsoleRefusal } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso } from './response.ts';

const euro = (micros: bigint) => formatEuro(micros, 6);
const mostChanges = 50;
/** The card of all accounts. */
const card = { account: null };

export function operatorRateHandlers({ services }: ConsoleOptions): HandlersOf<typeof operatorRateCalls> {
  const { rates } = services.operator;
  return {
    async 'operator.rates.list'({ access }) {
      const { rates: rows, upcoming } = await rates.list(access, card);
      return {
        rows: rows.map(({ country, tier, priceMicros, costMicros }) => ({
          ...{ country, tier, price: euro(priceMicros) },
          cost: costMicros === null ? null : euro(costMicros),
          margin: costMicros === null ? null : euro(priceMicros - costMicros),
        })),
        upcoming: upcoming.map(({ country, tier, priceMicros, validFromMs }) => ({
          ...{ country, tier, from: iso(validFromMs) },
          price: priceMicros === null ? null : euro(priceMicros),
        })),
      };
    },
    async 'operator.rates.history'({ access }) {
      const rows = await rates.history(access, card, mostChanges);
      return {
        rows: rows.map(({ id, kind, actor, validFromMs, createdAtMs, prices }) => ({
          ...{ change: id, kind, actor, prices },
          validFrom: iso(validFromMs),
          createdAt: iso(createdAtMs),
        })),
      };
    },
    'operator.rates.export': async ({ access }) => ({ csv: await rates.export(access, card) }),
    async 'operator.rates.set'({ access, body: { country, tier, price, from } }) {
      const order = { ...card, country, tier, price: price?.trim().replace(',', '.') ?? null };
      return renderChange(await rates.set(access, { ...order, fromMs: readFrom(from) }));
    },
    async 'operator.rates.preview'({ access, body: { csv, from } }) {
      try {
        const found = await rates.preview(access, { ...card, csv, fromMs: readFrom(from) });
        return { mistakes: [], preview: renderPreview(found) };
      } catch (error) {
        if (!(error instanceof OperatorRefusal)) throw error;
        return { mistakes: [...error.mistakes], preview: null };
      }
    },
    async 'operator.rates.import'({ access, body: { csv, from } }) {
      return renderChange(await rates.import(access, { ...card, csv, fromMs: readFrom(from) }));
    },
    async 'operator.rates.restore'({ access, parameters }) {
      return renderChange(await rates.restore(access, parameters.change, null));
    },
  };
}

function readFrom(from: string | undefined): number | null {
  if (from === undefined || from === '') return null;
  const ms = Date.parse(from);
  if (Number.isNaN(ms)) throw new ConsoleRefusal('request-invalid', { fields: { from: 'malformed' } });
  return ms;
}

const renderChange = ({ changeId, validFromMs }: MadeChange) => ({
  change: changeId,
  validFrom: iso(validFromMs),
});

function renderPreview({ prices, changed, added, removed, belowCost, unserved }: CardPreview) {
  const rateOf = ({ country, tier, priceMicros }: Rate) => ({ country, tier, price: euro(priceMicros) });
  return {
    prices,
    changed: changed.map(({ beforeMicros, ...rate }) => ({ ...rateOf(rate), before: euro(beforeMicros) })),
    added: added.map(rateOf),
    removed: removed.map(rateOf),
    belowCost: belowCost.map(({ costMicros, ...rate }) => ({ ...rateOf(rate), cost: euro(costMicros) })),
    unserved: [...unserved],
  };
}
