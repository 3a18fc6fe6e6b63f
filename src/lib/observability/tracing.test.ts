// Traces of messages as an OTLP receiver gets them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeOf, openOtlpReceiver } from '../../../test/support/otlp-receiver.ts';
import { isTraced, isTracing, recordStep, startTracing } from './tracing.ts';

const options = { installationId: 'tests', resource: {}, onExport: assert.ifError };
const step = { startMs: 1_000, endMs: 2_000, attributes: { carrier: null, outcome: 'submitted' } };
const request = {
  startMs: 500,
  route: '/api/sms',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

test('steps that two processes record are one trace, whose root is the acceptance', async (t) => {
  const receiver = await openOtlpReceiver();
  t.after(() => receiver[Symbol.asyncDispose]());
  assert.equal(isTraced(7), false, 'off');
  recordStep(7, { ...step, name: 'accept' });
  for (const names of [['accept'], ['hand-over', 'callback']]) {
    const tracing = await startTracing({ ...options, url: receiver.url, ratio: 1 });
    assert.ok(isTraced(7));
    for (const name of names) recordStep(7, { ...step, name }, name === 'accept' ? request : null);
    recordStep(8, { ...step, name: 'hand-over', error: 'refused' });
    await tracing.stop(10_000);
    assert.equal(isTracing(), false);
  }
  const [accept, ...others] = receiver.spans.filter(
    (span) => String(attributeOf(span, 'chappe.message')) === '7',
  );
  assert.deepEqual([accept!.name, accept!.parentSpanId ?? ''], ['accept', '']);
  assert.equal(accept!.links?.[0]?.traceId, '0af7651916cd43dd8448eb211c80319c');
  assert.deepEqual(
    others.map(({ name, traceId, parentSpanId }) => [name, traceId, parentSpanId]),
    [
      ['hand-over', accept!.traceId, accept!.spanId],
      ['callback', accept!.traceId, accept!.spanId],
    ],
  );
  const [other] = receiver.spans.filter((span) => String(attributeOf(span, 'chappe.message')) === '8');
  assert.notEqual(other!.traceId, accept!.traceId);
  assert.equal(other!.status.code, 2);
  assert.equal(attributeOf(other!, 'chappe.carrier'), undefined, 'null is left out');
});

test('the sampled part of consecutive messages is the configured one', async (t) => {
  const receiver = await openOtlpReceiver();
  t.after(() => receiver[Symbol.asyncDispose]());
  const tracing = await startTracing({ ...options, url: receiver.url, ratio: 0.01 });
  const first = 3_000_000_000;
  let traced = 0;
  for (let id = first; id < first + 200_000; id++) if (isTraced(id)) traced++;
  await tracing.stop(10_000);
  assert.ok(traced > 1_700 && traced < 2_300, `${traced} of 200,000`);
});

test('a receiver that does not answer is reported, and delays the stop for the given time at most', async () => {
  const errors: (string | null)[] = [];
  const url = 'http://127.0.0.1:1/v1/traces';
  const tracing = await startTracing({ ...options, url, ratio: 1, onExport: (error) => errors.push(error) });
  recordStep(1, { ...step, name: 'accept' });
  await tracing.stop(500);
  assert.equal(isTracing(), false);
});
