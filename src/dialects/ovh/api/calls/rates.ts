// What sending costs: by destination and by pack of credit (protocols/ovh.md 5.1, 8.5). Prices are without tax. There is
// one price list, in euro, whichever country is billed.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { badParameter, OvhError } from '#dialects/ovh/api/errors.ts';
import { toPrice } from '#dialects/ovh/api/prices.ts';
import type { RateDesk } from '#dialects/ovh/api/services.ts';
import { discountOf, packQuantities, priceOrder } from '#domain/money/orders.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';

interface DestinationInput {
  /** ISO 3166 in small letters, or `all`. */
  readonly country: string;
}

interface OfferInput {
  readonly countryDestination: string;
  readonly countryCurrencyPrice: string;
  readonly quantity: number;
}

export const rateAnswers: Answers = {
  'GET /sms/rates/destinations': answer<DestinationInput>(({ services, input: { country } }) => {
    const { rates } = services.desks;
    const smsMicros = priceTo(rates, 'country', country);
    return {
      country: countryNames.of(country.toUpperCase()) ?? country,
      countryCode: country,
      credit: toCredits(smsMicros, rates.creditPriceMicros()),
      price: toPrice(smsMicros),
      vatRate: rates.priceList.vatPercent,
    };
  }),

  'GET /sms/rates/packs': answer<DestinationInput>(({ services, input: { country } }) => {
    const { rates } = services.desks;
    const smsMicros = priceTo(rates, 'country', country);
    return packQuantities.map((quantity, i) => {
      const next = packQuantities[i + 1];
      return describePack(rates, country, smsMicros, [quantity, next === undefined ? null : next - 1]);
    });
  }),

  'GET /sms/{serviceName}/seeOffers': answer<OfferInput>(({ services, account, input }) => {
    const { rates, accounts } = services.desks;
    const { countryDestination, countryCurrencyPrice, quantity } = input;
    const smsMicros = priceTo(rates, 'countryDestination', countryDestination);
    const creditMicros = accounts.creditPriceMicros(account);
    const { withoutTaxMicros } = priceOrder(quantity, creditMicros, rates.priceList);
    return [
      {
        countryDestination,
        language: countryCurrencyPrice,
        quantity,
        smsQuantity: toCredits(BigInt(quantity) * creditMicros, smsMicros),
        price: toPrice(smsMicros).value,
        totalPrice: toPrice(withoutTaxMicros).value,
        giftQuantity: null,
        giftPrice: null,
      },
    ];
  }),
};

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

type Quantities = readonly [min: number, max: number | null];

function describePack(
  { creditPriceMicros, priceList }: RateDesk,
  countryCode: string,
  smsMicros: bigint,
  [min, max]: Quantities,
) {
  const creditMicros = creditPriceMicros();
  const percent = discountOf(min, priceList.discounts);
  const discounted = (micros: bigint) =>
    percent === 0 ? null : toPrice((micros * BigInt(Math.round(10_000 - percent * 100))) / 10_000n);
  const smsOf = (credits: number) => Number((BigInt(credits) * creditMicros) / smsMicros);
  return {
    countryCode,
    credit: toCredits(smsMicros, creditMicros),
    creditPrice: toPrice(creditMicros),
    creditQuantityMin: min,
    creditQuantityMax: max,
    discountPercentage: percent === 0 ? null : Math.round(percent),
    discountCreditPrice: discounted(creditMicros),
    smsPrice: toPrice(smsMicros),
    discountSmsPrice: discounted(smsMicros),
    smsQuantityMin: smsOf(min),
    smsQuantityMax: max === null ? null : smsOf(max),
    vatRate: priceList.vatPercent,
  };
}

/** Of a segment, in micros of a euro. One that costs nothing has no quantities, and is not offered. */
function priceTo(rates: RateDesk, field: string, country: string): bigint {
  if (country === 'all') throw badParameter(field, 'Name one country');
  const price = rates.priceMicros(country.toUpperCase());
  if (price === null || price === 0n) throw new OvhError(404, 'This destination is not served');
  return price;
}
