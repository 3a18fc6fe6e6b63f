// Packs of credit that a customer orders and pays outside the platform: their sizes and their prices with tax. Used by the
// OVH dialect, the operator's command and the automatic top-up. Pure. Prices are in whole cents.

/** docs/dialects/ovh.md#credit-orders-and-alerts. */
export const packQuantities: readonly number[] = [
  100, 200, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 1_000_000,
];

/** Percent of discount from a number of credits on. */
export interface PackDiscount {
  readonly fromQuantity: number;
  readonly percent: number;
}

export interface PriceList {
  readonly vatPercent: number;
  readonly discounts: readonly PackDiscount[];
}

export interface OrderPrices {
  /** In credits. */
  readonly quantity: number;
  /** Added to the balance after the payment. Without tax, as all credit. */
  readonly creditMicros: bigint;
  /** Before the discount. */
  readonly originalMicros: bigint;
  readonly discountPercent: number;
  readonly withoutTaxMicros: bigint;
  readonly vatPercent: number;
  readonly taxMicros: bigint;
}

/** Percentages have at most two decimals. */
const percentUnits = 100n * 100n;
const centMicros = 10_000n;

export function priceOrder(
  quantity: number,
  creditPriceMicros: bigint,
  { vatPercent, discounts }: PriceList,
): OrderPrices {
  const creditMicros = BigInt(quantity) * creditPriceMicros;
  const originalMicros = toCents(creditMicros, 1n);
  const discountPercent = discountOf(quantity, discounts);
  const withoutTaxMicros = toCents(creditMicros * (percentUnits - units(discountPercent)), percentUnits);
  const taxMicros = toCents(withoutTaxMicros * units(vatPercent), percentUnits);
  return {
    quantity,
    creditMicros,
    originalMicros,
    discountPercent,
    withoutTaxMicros,
    vatPercent,
    taxMicros,
  };
}

/** The list with the tax of one account. Null: the tax of the list. */
export function withVat(priceList: PriceList, vatPercent: number | null): PriceList {
  return vatPercent === null ? priceList : { ...priceList, vatPercent };
}

/** In percent: the discount of the largest step that is not above `quantity`. */
export function discountOf(quantity: number, discounts: readonly PackDiscount[]): number {
  let best: PackDiscount | null = null;
  for (const discount of discounts)
    if (discount.fromQuantity <= quantity && discount.fromQuantity >= (best?.fromQuantity ?? 0))
      best = discount;
  return best?.percent ?? 0;
}

/** The price to pay. */
export function withTaxMicros({ withoutTaxMicros, taxMicros }: OrderPrices): bigint {
  return withoutTaxMicros + taxMicros;
}

/** The amount of the discount. */
export function reductionMicros({ originalMicros, withoutTaxMicros }: OrderPrices): bigint {
  return originalMicros - withoutTaxMicros;
}

function units(percent: number): bigint {
  return BigInt(Math.round(percent * 100));
}

/** Rounds half a cent up. */
function toCents(dividend: bigint, divisor: bigint): bigint {
  const cent = divisor * centMicros;
  return ((dividend + cent / 2n) / cent) * centMicros;
}

const tokenForm = /^(\d{1,5})-[A-Za-z0-9]{43}$/;

/** The token in the address of an order: it authorizes its bearer to read it and names the bucket of the account. */
export function orderToken(bucket: number, secret: string): string {
  return `${bucket}-${secret}`;
}

/** Null if it is no token of an order. */
export function bucketOfOrderToken(token: string): number | null {
  const bucket = Number(tokenForm.exec(token)?.[1] ?? Number.NaN);
  return bucket <= 32_767 ? bucket : null;
}
