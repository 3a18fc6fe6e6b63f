// Calls of the operator about prices: the card with cost and margin, changes, imports with a preview. Part of contract.ts.

import { Type } from 'typebox';
import { calls, instant, money, oneOf, optional, orNull, rowId, strict, tier } from './schemas.ts';

const count = Type.Integer({ minimum: 0 });
const rate = { country: Type.String(), tier };
/** An instant from which it applies; absent: at once. */
const from = optional(Type.String({ maxLength: 35 }));
const csv = Type.String({ minLength: 1, maxLength: 900_000 });

const preview = Type.Object({
  prices: count,
  changed: Type.Array(Type.Object({ ...rate, before: money, price: money })),
  added: Type.Array(Type.Object({ ...rate, price: money })),
  removed: Type.Array(Type.Object({ ...rate, price: money })),
  belowCost: Type.Array(Type.Object({ ...rate, price: money, cost: money })),
  /** Messages of the last 30 days to destinations that would have no price. */
  unserved: Type.Array(Type.Object({ ...rate, messages: count })),
});

const made = Type.Object({ change: Type.Integer(), validFrom: instant });

export const operatorRateCalls = calls({
  'operator.rates.list': {
    method: 'GET',
    path: '/console/api/operator/rates',
    answer: Type.Object({
      rows: Type.Array(Type.Object({ ...rate, price: money, cost: orNull(money), margin: orNull(money) })),
      /** Prices that apply later, the next first. `price` null: the destination is no longer served. */
      upcoming: Type.Array(Type.Object({ ...rate, price: orNull(money), from: instant })),
    }),
    permission: 'rates.read',
    audited: false,
  },
  'operator.rates.history': {
    method: 'GET',
    path: '/console/api/operator/rate-changes',
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          change: Type.Integer(),
          kind: oneOf('shipped', 'set', 'import', 'restore'),
          actor: Type.String(),
          validFrom: instant,
          createdAt: instant,
          prices: count,
        }),
      ),
    }),
    permission: 'rates.read',
    audited: false,
  },
  /** In the form that an import reads. */
  'operator.rates.export': {
    method: 'GET',
    path: '/console/api/operator/rates.csv',
    answer: Type.Object({ csv: Type.String() }),
    permission: 'rates.read',
    audited: false,
  },
  /** `price` null: the destination is no longer served. */
  'operator.rates.set': {
    method: 'PUT',
    path: '/console/api/operator/rates',
    body: strict({
      country: Type.String({ minLength: 2, maxLength: 2 }),
      tier,
      price: orNull(Type.String({ maxLength: 20 })),
      from,
    }),
    answer: made,
    permission: 'rates.write',
    audited: true,
  },
  /** A dry run. `mistakes` has a sentence for each wrong row, with its line; then there is no preview. */
  'operator.rates.preview': {
    method: 'POST',
    path: '/console/api/operator/rate-previews',
    body: strict({ csv, from }),
    answer: Type.Object({ mistakes: Type.Array(Type.String()), preview: orNull(preview) }),
    permission: 'rates.read',
    audited: false,
  },
  /** The file as a whole card: destinations that it does not name are removed. */
  'operator.rates.import': {
    method: 'POST',
    path: '/console/api/operator/rate-imports',
    body: strict({ csv, from }),
    answer: made,
    permission: 'rates.write',
    audited: true,
  },
  /** The prices as of the effect of this change. */
  'operator.rates.restore': {
    method: 'POST',
    path: '/console/api/operator/rate-changes/:change/restore',
    parameters: strict({ change: rowId }),
    answer: made,
    permission: 'rates.write',
    audited: true,
  },
});
