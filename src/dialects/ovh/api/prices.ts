// An amount of money as OVH's API writes it: order.Price.
import { formatEuro } from '#domain/money/micros.ts';

export interface Price {
  readonly currencyCode: 'EUR';
  /** In millionths of a cent. */
  readonly priceInUcents: number;
  /** For people: two decimals, more where a cent is not small enough. */
  readonly text: string;
  readonly value: number;
}

export function toPrice(micros: bigint): Price {
  return {
    currencyCode: 'EUR',
    priceInUcents: Number(micros * 100n),
    text: showPrice(micros),
    value: Number(micros) / 1e6,
  };
}

export function showPrice(micros: bigint): string {
  return `${formatEuro(micros, 6).replace(/0{1,4}$/, '')} €`;
}
