// Endpoints of the wallet: the balance, and the number of each product that it buys, by country
// (docs/dialects/octopush.md#what-is-served). Used by routes.ts and openapi.ts.

import { type Static, Type } from 'typebox';
import type { Tier } from '#domain/base/campaign.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { countryCodeInvalid, countryCodesInvalid, productUnknown } from './request-refusals.ts';
import { equivalent, renderBalance } from './response.ts';
import { flag, optionalText } from './schemas.ts';

const group = 'Wallet';

const balanceInput = Type.Object({
  country_code: optionalText('ISO 3166, two letters. Only together with product_name.'),
  product_name: optionalText('sms_premium, sms_low_cost, sms_world, hlr, or vocal_sms (always 0).'),
  with_details: flag('Adds the packs to the answer.'),
});

const pack = Type.Object({
  wallet_pack_id: Type.Integer(),
  id: Type.Integer(),
  credit: Type.Number(),
  expiration_date: Type.Union([Type.String(), Type.Null()]),
});

const balance = Type.Object({
  amount: Type.Number(),
  unit: Type.String({ description: 'euros, or the name of the product.' }),
  wallet_packs: Type.Optional(Type.Array(pack)),
});

const creditsInput = Type.Object({
  country_codes: Type.Array(Type.String(), { description: 'As country_codes[]=FR&country_codes[]=BE.' }),
});

const credits = Type.Object({
  premium_sms: Type.Number(),
  vocal_sms: Type.Number(),
  low_cost_sms: Type.Number(),
  hlr: Type.Number(),
});

const maxCountries = 300;

/** Null: a documented product that is not served. */
const tierByProduct: Readonly<Record<string, Tier | null>> = {
  sms_premium: 'premium',
  sms_low_cost: 'low_cost',
  sms_world: 'world',
  vocal_sms: null,
  voice_sms: null,
};

export const walletEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/wallet/check-balance',
    group,
    summary: 'The credit',
    input: balanceInput,
    status: 200,
    output: balance,
    answer: checkBalance,
  }),
  endpoint({
    method: 'GET',
    path: '/wallet/check-credits',
    group,
    summary: 'The available number of each product, by country: alternatives, not a sum',
    input: creditsInput,
    status: 200,
    output: Type.Record(Type.String(), credits),
    answer: checkCredits,
  }),
];

async function checkBalance({ services, access, input }: Call<Static<typeof balanceInput>>): Promise<string> {
  const name = input.product_name?.trim().toLowerCase() ?? '';
  const country = input.country_code?.trim().toUpperCase() ?? '';
  const isDetailed = input.with_details ?? false;
  const wallet = await services.credit.read(access);
  // Only both together select a product; otherwise the balance is in euros.
  if (name === '' || country === '') return renderBalance(wallet, null, isDetailed);
  if (!isCountryCode(country)) throw countryCodeInvalid();
  if (name === 'hlr') {
    const priceMicros = await services.numberLookups.priceMicros(access, country);
    return renderBalance(wallet, { name, priceMicros }, isDetailed);
  }
  if (!Object.hasOwn(tierByProduct, name)) throw productUnknown();
  const tier = tierByProduct[name]!;
  // A product that is not sold is 0, as in check-credits: the examples of the PHP kit need an answer.
  const priceMicros = tier === null ? null : wallet.priceMicros(country, tier);
  return renderBalance(wallet, { name, priceMicros: priceMicros ?? 0n }, isDetailed);
}

async function checkCredits({ services, access, input }: Call<Static<typeof creditsInput>>) {
  const countries = [...new Set(input.country_codes.map((code) => code.trim().toUpperCase()))];
  if (countries.length === 0 || countries.length > maxCountries || !countries.every(isCountryCode))
    throw countryCodesInvalid();
  const wallet = await services.credit.read(access);
  const answer: Record<string, Static<typeof credits>> = {};
  for (const country of countries) {
    const buys = (priceMicros: bigint | null) =>
      priceMicros === null ? 0 : equivalent(wallet.availableMicros, priceMicros);
    answer[country] = {
      premium_sms: buys(wallet.priceMicros(country, 'premium')),
      // Voice is not served: always 0.
      vocal_sms: 0,
      low_cost_sms: buys(wallet.priceMicros(country, 'low_cost')),
      hlr: buys(await services.numberLookups.priceMicros(access, country)),
    };
  }
  return answer;
}

function isCountryCode(code: string): boolean {
  return /^[A-Z]{2}$/.test(code);
}
