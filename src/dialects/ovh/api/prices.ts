// Amounts of money as OVH's API writes them: order.Price. Used by the calls of orders and of rates.
import { formatEuro } from '#domain/money/micros.ts';

/** As the description of `/sms` has it. */
export interface RatePrice {
  readonly currencyCode: 'EUR';
  /** For people: two decimals, more where a cent is not small enough. */
  readonly text: string;
  readonly value: number;
}

/** As the description of `/order` has it, which is younger there. */
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
