// OVH's credits and Octopush's euros and SMS are one balance: the account shows it in every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';

test('credits of one dialect and euros of the other are one money', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n, callbackPath: null });
  const child = await platform.anAccount({ creditMicros: 0n, parent: account });
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const balances = async () => {
    const { creditsLeft } = await client.ok<{ creditsLeft: number }>('GET', `/sms/${account.serviceName}`);
    const query = new URLSearchParams({ user_login: account.login, api_key: account.apiKey });
    const xml = await (await fetch(`${platform.url}/api/credit?${query}`)).text();
    const product = { country_code: 'FR', product_name: 'sms_premium' };
    const rest = await callRest(platform.url, account, 'GET wallet/check-balance', product);
    return { creditsLeft, euros: Number(field(xml, 'credit')), equivalent: rest.members['amount'] };
  };
  const same = async (credits: number) => {
    const { creditsLeft, euros, equivalent } = await balances();
    assert.equal(creditsLeft, credits);
    assert.equal(euros, credits / 20);
    assert.equal(equivalent, credits);
  };
  await same(20);
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await same(19);
  await sendRest(platform.url, account, { to: [mobile(2)] });
  await same(18);
  await client.ok('POST', `/sms/${account.serviceName}/jobs`, {
    message: 'one of three',
    receivers: [`+${mobile(3)}`],
    noStopClause: true,
    senderForResponse: false,
    sender: 'Chappe',
  });
  await same(17);
  await client.ok('POST', `/sms/${account.serviceName}/transferCredits`, {
    smsAccountTarget: child.serviceName,
    credits: 7,
  });
  await same(10);
  await platform.quiet();
  await same(10);
});
