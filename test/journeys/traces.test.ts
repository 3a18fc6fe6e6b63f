// One trace for a message, from its HTTP request to its callback.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/clients.ts';
import { attributeOf, openOtlpReceiver } from '../support/otlp-receiver.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('a message has one trace with its request, hand-over, outcome, receipt and callback, and no number or text', async () => {
  await using receiver = await openOtlpReceiver();
  const config = { otlpUrl: receiver.url, traceSampling: 1 };
  await using platform = await openPlatform({ config });
  const account = await platform.anAccount();
  const number = mobile(1);
  await sendRest(platform.url, account, { to: [number], text: 'A secret text' });
  await platform.customer.whenTold(number);
  const names = () => receiver.spans.map(({ name }) => name).sort();
  const expected = ['accept', 'callback', 'hand-over', 'outcome', 'receipt'];
  await until('every step was exported', () => names().length >= expected.length);
  assert.deepEqual(names(), expected);
  const root = receiver.spans.find(({ name }) => name === 'accept')!;
  for (const span of receiver.spans) {
    assert.equal(span.traceId, root.traceId);
    if (span !== root) assert.equal(span.parentSpanId, root.spanId);
  }
  assert.equal(attributeOf(root, 'http.route'), '/v1/public/sms-campaign/send');
  const text = JSON.stringify(receiver.spans);
  assert.ok(!text.includes(number) && !text.includes('secret'));
});
