// Amounts of money as OVH's API writes them: order.Price. Used by the calls of orders and of rates.
import { formatEuro } from '#domain/money/micros.ts';

/** The model of the description of `/sms`. */
export interface RatePrice {
  readonly currencyCode: 'EUR';
  /** For display: two decimals, more if the amount needs them. */
  readonly text: string;
  readonly value: number;
}

/** The newer model of the description of `/order`. */
export interface Price extends RatePrice {
  /** In millionths of a cent. */
  readonly priceInUcents: number;
}

export function toPrice(micros: bigint): Price {
  return { ...toRatePrice(micros), priceInUcents: Number(micros * 100n) };
}

export function toRatePrice(micros: bigint): RatePrice {
  return {
    currencyCode: 'EUR',
    text: showPrice(micros),
    value: Number(micros) / 1e6,
  };
}

export function showPrice(micros: bigint): string {
  return `${formatEuro(micros, 6).replace(/0{1,4}$/, '')} €`;
}
