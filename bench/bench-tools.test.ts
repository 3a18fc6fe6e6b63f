import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstSilent, maxOffsets, maxSilent, msisdnOf, offsetOf, patchNumber } from './numbers.ts';
import { median, quantilesOf } from './quantiles.ts';
import { readNumber, readStatus } from './receipt-reader.ts';

test('every message has its own number, found back from it, and none ends in 90 to 99', () => {
  const bytes = Buffer.from('33600000000');
  for (const offset of [0, 1, 89, 90, 91, 12_345, 999_999, maxOffsets - 1]) {
    const msisdn = msisdnOf(offset);
    patchNumber(bytes, 3, offset);
    assert.equal(Number(bytes.toString()), msisdn);
    assert.equal(offsetOf(msisdn), offset);
    assert.ok(msisdn % 100 < 90);
  }
  assert.equal(msisdnOf(89), 33601000089);
  assert.equal(msisdnOf(90), 33601000100);
});

test('numbers outside the benchmark are recognized', () => {
  for (const foreign of [-1, 0, 33600999999, 33601000090, 33612345699, 33629000000, 4_915_112_345_678]) {
    assert.equal(offsetOf(foreign), -1, String(foreign));
  }
});

test('silent numbers end in 93, stay mobile numbers, and a receipt for one is unexpected', () => {
  for (const offset of [firstSilent, firstSilent + maxSilent - 1]) {
    const msisdn = msisdnOf(offset);
    assert.equal(msisdn % 100, 93);
    assert.ok(msisdn > 33629000000 && msisdn < 33639000000);
    assert.equal(offsetOf(msisdn), -1);
  }
});

test('a quantile is a value that occurred, and the smallest that enough others do not exceed', () => {
  const values = Float64Array.from({ length: 200 }, (_, i) => 200 - i);
  assert.deepEqual(quantilesOf(values), { count: 200, p50: 100, p90: 180, p99: 198, max: 200 });
  assert.deepEqual(quantilesOf(new Float64Array(0)), { count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  assert.deepEqual(quantilesOf(Float64Array.of(7)), { count: 1, p50: 7, p90: 7, p99: 7, max: 7 });
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('number and status are found in every form of receipt', () => {
  const forms = [
    'message_id=api000&number=0033601000000&status=DELIVERED&delivery_date=2026-11-01+10%3A00%3A00',
    'message_id=api000&number=%2B33601000000&status=DELIVERED',
    'message_id=api000&number=33601000000&status=DELIVERED',
  ];
  for (const form of forms) {
    const bytes = Buffer.from(`POST / HTTP/1.1\r\n\r\n${form}`);
    assert.equal(readNumber(bytes, 19, bytes.length, false), 33601000000, form);
    assert.equal(readStatus(bytes, 19, bytes.length, false), 'DELIVERED', form);
  }
  const json = Buffer.from('{"channel":"sms","number" : "+33601000000","status": "NOT_DELIVERED"}');
  assert.equal(readNumber(json, 0, json.length, true), 33601000000);
  assert.equal(readStatus(json, 0, json.length, true), 'NOT_DELIVERED');
  const query = Buffer.from('GET /dlr?number=33601000000&status=1 HTTP/1.1');
  assert.equal(readNumber(query, 0, query.length, false), 33601000000);
  assert.equal(readStatus(query, 0, query.length, false), '1');
});

test('a receipt without a number, or with its number beyond its end, is not read from the following octets', () => {
  const bytes = Buffer.from('status=DELIVEREDnumber=336');
  assert.equal(readNumber(bytes, 0, 16, false), -1);
  assert.equal(readNumber(Buffer.from('number=&status=1'), 0, 16, false), -1);
});
