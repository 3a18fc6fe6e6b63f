// Prices and the segments of a text in OVH's API.
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertAnswer } from '../support/ovh-contract.ts';
import { jobClient } from '../support/ovh-jobs.ts';
import { openPlatform } from '../support/platform.ts';

test('an estimate counts the clause of names, and no other', async () => {
  await using platform = await openPlatform();
  const client = jobClient(platform, await platform.anAccount());
  const estimate = async (message: string, senderType = 'alpha', noStopClause = false) => {
    const answer = await client.ok('POST', '/sms/estimate', { message, senderType, noStopClause });
    assertAnswer('POST /sms/estimate', answer);
    return Object.values(answer as object);
  };
  const of = (characters: number, charactersClass: string, maxCharactersPerPart: number, parts: number) => [
    ...[characters, charactersClass, maxCharactersPerPart, parts],
  ];
  assert.deepEqual(await estimate('a'.repeat(149)), of(160, '7bits', 160, 1));
  assert.deepEqual(await estimate('a'.repeat(150)), of(161, '7bits', 153, 2));
  assert.deepEqual(await estimate('œ'.repeat(59)), of(70, 'unicode', 70, 1));
  assert.deepEqual(await estimate('œ'.repeat(60)), of(71, 'unicode', 67, 2));
  assert.deepEqual(await estimate('a'.repeat(160), 'alpha', true), of(160, '7bits', 160, 1));
  assert.deepEqual(await estimate('€'.repeat(80), 'shortcode'), of(160, '7bits', 160, 1));
  assert.deepEqual(await estimate('a'.repeat(307), 'virtual'), of(307, '7bits', 153, 3));
  assert.equal((await client.call('POST', '/sms/estimate', { message: 'a', senderType: 'x' })).status, 400);
});

test('a ptt is explained', async () => {
  await using platform = await openPlatform();
  const client = jobClient(platform, await platform.anAccount());
  for (const ptt of [
    0, 1, 2, 3, 4, 5, 6, 8, 20, 21, 23, 24, 25, 26, 27, 28, 29, 33, 39, 73, 74, 76, 202, 1999,
  ])
    assertAnswer('GET /sms/ptts', await client.ok('GET', `/sms/ptts?ptt=${ptt}`));
  assert.partialDeepStrictEqual(await client.ok('GET', '/sms/ptts?ptt=24'), { duration: 'temporary' });
  assert.equal((await client.call('GET', '/sms/ptts?ptt=7')).status, 404);
  assert.equal((await client.call('GET', '/sms/ptts')).status, 400);
});

test('rates and packs need no key, offers belong to the account', async () => {
  await using platform = await openPlatform({
    config: { packDiscounts: [{ fromQuantity: 1000, percent: 10 }] },
  });
  const account = await platform.anAccount({ settings: { creditPriceMicros: 40_000 } });
  const client = jobClient(platform, account);
  const open = async (path: string) => {
    const response = await fetch(`${platform.url}/1.0/sms/rates/${path}`);
    return { status: response.status, body: (await response.json()) as never };
  };
  const destination = await open('destinations?country=fr&billingCountry=fr');
  assertAnswer('GET /sms/rates/destinations', destination.body);
  assert.partialDeepStrictEqual(destination.body, {
    country: 'France',
    countryCode: 'fr',
    credit: 1,
    price: { value: 0.05, currencyCode: 'EUR' },
  });
  const { body: packs }: { body: Record<string, unknown>[] } = await open('packs?country=fr');
  assertAnswer('GET /sms/rates/packs', packs);
  assert.partialDeepStrictEqual(packs[0], {
    creditQuantityMin: 100,
    creditQuantityMax: 199,
    smsQuantityMin: 100,
    discountPercentage: null,
  });
  assert.partialDeepStrictEqual(packs.at(-1), {
    creditQuantityMax: null,
    discountPercentage: 10,
    discountSmsPrice: { value: 0.045 },
  });
  for (const path of ['destinations?country=us', 'packs?country=us'])
    assert.equal((await open(path)).status, 404, path);
  assert.deepEqual(Object.keys((destination.body as { price: object }).price).toSorted(), [
    'currencyCode',
    'text',
    'value',
  ]);
  for (const path of ['destinations', 'packs', 'destinations?country=', 'packs?country=xx'])
    assert.equal((await open(path)).status, 400, path);

  const query = 'countryDestination=fr&countryCurrencyPrice=fr&quantity=1000';
  const offers = await client.ok('GET', `${client.path}/seeOffers?${query}`);
  assertAnswer('GET /sms/{serviceName}/seeOffers', offers);
  assert.partialDeepStrictEqual(offers, [{ quantity: 1000, smsQuantity: 800, totalPrice: 36 }]);
});

test('the destination "all" is an SMS of one credit, in rates, packs and offers', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ settings: { creditPriceMicros: 40_000 } });
  const client = jobClient(platform, account);
  for (const written of ['all', 'ALL']) {
    const rate = await client.ok('GET', `/sms/rates/destinations?country=${written}`);
    assertAnswer('GET /sms/rates/destinations', rate);
    assert.partialDeepStrictEqual(rate, {
      country: 'all',
      countryCode: 'all',
      credit: 1,
      price: { value: 0.05 },
    });
  }
  const packs = await client.ok<object[]>('GET', '/sms/rates/packs?country=all&billingCountry=fr');
  assertAnswer('GET /sms/rates/packs', packs);
  assert.equal(packs.length, 12);
  assert.partialDeepStrictEqual(packs[0], { countryCode: 'all', credit: 1, smsQuantityMin: 100 });
  const query = 'countryDestination=all&countryCurrencyPrice=all&quantity=1000';
  const offers = await client.ok('GET', `${client.path}/seeOffers?${query}`);
  assertAnswer('GET /sms/{serviceName}/seeOffers', offers);
  assert.partialDeepStrictEqual(offers, [
    { countryDestination: 'all', language: 'all', quantity: 1000, smsQuantity: 1000, price: 0.04 },
  ]);
});
