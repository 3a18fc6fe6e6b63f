// The record of an account of OVH's: read, changed in parts, as its clients do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertAnswer } from '../support/ovh-contract.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

interface Record {
  creditsLeft: number;
  creditsHoldByQuota: number;
  userQuantityWithQuota: number;
  callBack: string | null;
  stopCallBack: string | null;
  description: string;
  smsResponse: { responseType: string; cgiUrl: string | null; text: string | null; trackingOptions: unknown };
}

function speak(platform: TestPlatform, account: TestAccount) {
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const path = `/sms/${account.serviceName}`;
  return {
    client,
    path,
    read: () => client.ok<Record>('GET', path),
    change: (body: object) => client.call<{ message: string } | null>('PUT', path, body),
  };
}

test('an account shows its credits, its quotas and its callback addresses', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({
    creditMicros: 100n * priceMicros,
    callbackPath: null,
    settings: { creditPriceMicros: Number(priceMicros) },
  });
  const { client, path, read } = speak(platform, account);
  await client.ok('POST', `${path}/users`, { login: 'desk', password: 'Secret12' });
  await client.ok('PUT', `${path}/users/desk`, {
    quotaInformations: { quotaLeft: 30, quotaStatus: 'active' },
  });
  const record = await read();
  assertAnswer('GET /sms/{serviceName}', record);
  assert.deepEqual(
    [record.creditsLeft, record.creditsHoldByQuota, record.userQuantityWithQuota],
    [70, 30, 1],
  );
  assert.deepEqual([record.callBack, record.stopCallBack], [null, null]);
  assert.equal(record.smsResponse.responseType, 'none');
});

test('every field of an account is changed alone, and an empty text deletes it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const { read, change } = speak(platform, account);
  // Quirk: what production code sends (docs/dialects/ovh.md#the-account-and-its-users).
  const sent = {
    callBack: '',
    stopCallBack: '',
    smsResponse: { cgiUrl: 'https://8.8.8.8/reply', responseType: 'cgi' },
  };
  assert.equal((await change(sent)).body, null);
  assert.equal((await change({ callBack: 'https://8.8.8.8/status?key=1' })).status, 200);
  assert.equal((await change({ description: 'of the shop' })).status, 200);
  assert.equal((await change({ templates: { smsBody: 'low', customizedSmsMode: true } })).status, 200);
  assert.equal((await change({ automaticRecreditAmount: '500', creditsLeft: 1_000_000 })).status, 200);
  assert.equal((await change({ creditThresholdForAutomaticRecredit: 12.5 })).status, 200);
  const options = [
    { media: 'email', sender: '', target: 'boss@example.com' },
    { media: 'sms', sender: 'Chappe', target: '+33601020304' },
  ];
  assert.equal((await change({ smsResponse: { trackingOptions: options } })).status, 200);
  const record = await read();
  assertAnswer('GET /sms/{serviceName}', record);
  assert.equal(record.callBack, 'https://8.8.8.8/status?key=1');
  assert.equal(record.stopCallBack, null);
  assert.equal(record.description, 'of the shop');
  assert.deepEqual(record.smsResponse, {
    responseType: 'cgi',
    cgiUrl: 'https://8.8.8.8/reply',
    text: null,
    trackingDefaultSmsSender: null,
    trackingOptions: options,
  });
  const { settings } = (await readAccount(platform.query, account.id))!;
  assert.deepEqual(settings.automaticTopUp, { quantity: 500, threshold: 12.5 });
  assert.deepEqual(settings.callbacks.customerUrls.toSorted(), [
    'https://8.8.8.8/reply',
    'https://8.8.8.8/status?key=1',
  ]);
  // What was read, sent back whole, changes nothing.
  assert.equal((await change(record)).status, 200);
  assert.deepEqual(await read(), record);
  await change({ callBack: null, automaticRecreditAmount: null });
  assert.equal((await read()).callBack, null);
});

test('replies are answered, or pushed, or neither; the stored address stays', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const { read, change } = speak(platform, account);
  const kindAndUrl = async () => {
    const { responseType, cgiUrl } = (await read()).smsResponse;
    return [responseType, cgiUrl];
  };
  const toldAt = async () => (await readAccount(platform.query, account.id))!.settings.callbacks.replyUrl;
  await change({ smsResponse: { cgiUrl: 'https://8.8.8.8/', responseType: 'cgi' } });
  assert.equal(await toldAt(), 'https://8.8.8.8/');
  assert.equal((await change({ smsResponse: { responseType: 'text' } })).status, 400);
  await change({ smsResponse: { responseType: 'text', text: 'Thanks' } });
  assert.deepEqual(await kindAndUrl(), ['text', 'https://8.8.8.8/']);
  assert.equal(await toldAt(), null);
  await change({ smsResponse: { responseType: 'none' } });
  assert.deepEqual(await kindAndUrl(), ['none', 'https://8.8.8.8/']);
  await change({ smsResponse: { responseType: 'cgi' } });
  assert.equal(await toldAt(), 'https://8.8.8.8/');
  await change({ smsResponse: { cgiUrl: '' } });
  assert.deepEqual(await kindAndUrl(), ['none', null]);
  assert.equal((await change({ smsResponse: { responseType: 'cgi' } })).status, 400);
});

test('an invalid setting of an account is refused', async () => {
  await using platform = await openPlatform();
  const { change } = speak(platform, await platform.anAccount({ callbackPath: null }));
  for (const body of [
    { callBack: 'ftp://8.8.8.8/' },
    { callBack: 'not a URL' },
    { stopCallBack: 'http://10.0.0.1/' },
    { smsResponse: { responseType: 'cgi', cgiUrl: 'http://localhost/' } },
    { smsResponse: { responseType: 'fax' } },
    { smsResponse: { trackingOptions: [{ media: 'voice', sender: '', target: '+33601020304' }] } },
    { smsResponse: { trackingOptions: [{ media: 'email', sender: '', target: 'nobody' }] } },
    { smsResponse: { trackingOptions: [{ media: 'sms', sender: 'Bank', target: '+33601020304' }] } },
    { smsResponse: { trackingDefaultSmsSender: 'Bank' } },
    { automaticRecreditAmount: 7 },
    { creditThresholdForAutomaticRecredit: -1 },
  ])
    assert.equal((await change(body)).status, 400, JSON.stringify(body));
});
