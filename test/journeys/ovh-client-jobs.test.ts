// Jobs as published clients write them (test/wire/ovh/*.http): their answers and their messages. A fixture names the short
// code of the operator's pool, if there is one, and the settings of its account.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AccountSettings } from '../../src/domain/account/account.ts';
import { purposeCodes } from '../../src/store/database/codes.ts';
import { type Exchange, readExchanges } from '../support/exchange.ts';
import { ovhClient } from '../support/ovh.ts';
import { withShortCode } from '../support/ovh-jobs.ts';
import { openPlatform, type TestPlatform } from '../support/platform.ts';

interface Facts {
  readonly hasShortCode: boolean;
  readonly settings?: Partial<AccountSettings>;
}

interface CampaignRow {
  readonly purpose: number;
  readonly [column: string]: unknown;
}

const fixtures = readExchanges('ovh').map((exchange) => ({
  exchange,
  facts: exchange.facts as unknown as Facts,
}));

for (const hasShortCode of [true, false])
  describe(hasShortCode ? 'with a short code in the pool' : 'without a short code', () => {
    let platform: TestPlatform;
    before(async () => {
      platform = await openPlatform();
      if (hasShortCode) await withShortCode(platform);
    });
    after(() => platform[Symbol.asyncDispose]());

    for (const { exchange, facts } of fixtures.filter(
      (fixture) => fixture.facts.hasShortCode === hasShortCode,
    ))
      test(exchange.name.replace('.http', '').replaceAll('-', ' '), () => play(platform, exchange, facts));
  });

test('there are fixtures for both', () => {
  assert.ok(fixtures.length >= 8);
});

async function play(platform: TestPlatform, exchange: Exchange, { settings = {} }: Facts): Promise<void> {
  const account = await platform.anAccount({ settings });
  const client = ovhClient(
    platform.url,
    account.ovh,
    () => platform.clock.now(),
    exchange.headers['content-type'],
  );
  const path = exchange.url.replace('{serviceName}', account.serviceName);
  // The bytes as they are in the file.
  const answer = await client.call<object>(exchange.method, path, exchange.body.toString());
  assert.equal(answer.status, exchange.status);
  assert.partialDeepStrictEqual(answer.body, JSON.parse(exchange.answer));
  await platform.quiet();
  const [row] = await platform.query<CampaignRow>(
    `select sender, message_class as "messageClass", purpose, text, notes from campaigns where account_id = $1`,
    [account.id],
  );
  const stored = row === undefined ? null : { ...row, purpose: purposeCodes.name(row.purpose) };
  if (exchange.submission === null) assert.equal(stored, null);
  else assert.partialDeepStrictEqual(stored, exchange.submission);
}
