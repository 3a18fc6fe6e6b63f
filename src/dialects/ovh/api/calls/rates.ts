// Answers prices by destination and by pack of credit (docs/dialects/ovh.md#sending). Used by call-table.ts. Prices are without
// tax, in euro, the same for every billing country. The destination `all` is an SMS that costs one credit.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { OvhRefusal } from '#dialects/ovh/api/errors.ts';
import { toRatePrice } from '#dialects/ovh/api/prices.ts';
import { discountOf, packQuantities, priceOrder } from '#domain/money/orders.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import type { PublicPrices } from '#operations/money/price-list.ts';

interface DestinationInput {
  /** ISO 3166 in lower case, or `all`. */
  readonly country: string;
}

interface OfferInput {
  readonly countryDestination: string;
  readonly countryCurrencyPrice: string;
  readonly quantity: number;
}

export const rateAnswers: Answers = {
  'GET /sms/rates/destinations': answer<DestinationInput>(({ services, input: { country } }) => {
    const { publicPrices: prices } = services;
    const smsMicros = priceTo(prices, country, prices.creditPriceMicros());
    return {
      country: nameOf(country),
      countryCode: country,
      credit: toCredits(smsMicros, prices.creditPriceMicros()),
      price: toRatePrice(smsMicros),
      vatRate: prices.priceList.vatPercent,
    };
  }),

  'GET /sms/rates/packs': answer<DestinationInput>(({ services, input: { country } }) => {
    const { publicPrices: prices } = services;
    const smsMicros = priceTo(prices, country, prices.creditPriceMicros());
    return packQuantities.map((quantity, i) => {
      const next = packQuantities[i + 1];
      return describePack(prices, country, smsMicros, [quantity, next === undefined ? null : next - 1]);
    });
  }),

  'GET /sms/{serviceName}/seeOffers': answer<OfferInput>(({ services, access, input }) => {
    const { publicPrices: prices, credit } = services;
    const { countryDestination, countryCurrencyPrice, quantity } = input;
    const creditMicros = credit.creditPriceMicros(access);
    const smsMicros = priceTo(prices, countryDestination, creditMicros);
    const { withoutTaxMicros } = priceOrder(quantity, creditMicros, prices.priceList);
    return [
      {
        countryDestination,
        language: countryCurrencyPrice,
        quantity,
        smsQuantity: toCredits(BigInt(quantity) * creditMicros, smsMicros),
        price: toRatePrice(smsMicros).value,
        totalPrice: toRatePrice(withoutTaxMicros).value,
        giftQuantity: null,
        giftPrice: null,
      },
    ];
  }),
};

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

/** A value of sms.CountryEnum. */
const everywhere = 'all';

function nameOf(country: string): string {
  return country === everywhere ? everywhere : (countryNames.of(country.toUpperCase()) ?? country);
}

type Quantities = readonly [min: number, max: number | null];

function describePack(
  { creditPriceMicros, priceList }: PublicPrices,
  countryCode: string,
  smsMicros: bigint,
  [min, max]: Quantities,
) {
  const creditMicros = creditPriceMicros();
  const percent = discountOf(min, priceList.discounts);
  const discounted = (micros: bigint) =>
    percent === 0 ? null : toRatePrice((micros * BigInt(Math.round(10_000 - percent * 100))) / 10_000n);
  const smsOf = (credits: number) => Number((BigInt(credits) * creditMicros) / smsMicros);
  return {
    countryCode,
    credit: toCredits(smsMicros, creditMicros),
    creditPrice: toRatePrice(creditMicros),
    creditQuantityMin: min,
    creditQuantityMax: max,
    discountPercentage: percent === 0 ? null : Math.round(percent),
    discountCreditPrice: discounted(creditMicros),
    smsPrice: toRatePrice(smsMicros),
    discountSmsPrice: discounted(smsMicros),
    smsQuantityMin: smsOf(min),
    smsQuantityMax: max === null ? null : smsOf(max),
    vatRate: priceList.vatPercent,
  };
}

/** Price of a segment in micros of a euro. A price of 0 has no quantities and is not offered. */
function priceTo(prices: PublicPrices, country: string, creditMicros: bigint): bigint {
  const price = country === everywhere ? creditMicros : prices.priceMicros(country.toUpperCase());
  if (price === null || price === 0n) throw new OvhRefusal(404, 'This destination is not served');
  return price;
}
