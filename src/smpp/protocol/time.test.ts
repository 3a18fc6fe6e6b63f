import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAbsoluteTime } from './time.ts';

const times: readonly [string, string][] = [
  ['2026-07-11T07:00:03.900Z', '260711070003900+'],
  ['2026-11-30T13:22:09.049Z', '261130132209000+'],
  ['2000-01-01T00:00:00.000Z', '000101000000000+'],
  ['2028-02-29T23:59:59.999Z', '280229235959900+'],
  ['2099-12-31T12:00:00.100Z', '991231120000100+'],
  ['2026-03-29T01:59:59.550Z', '260329015959500+'],
];

for (const [instant, text] of times) {
  test(`the absolute time of ${instant} is ${text}`, () => {
    assert.equal(renderAbsoluteTime(Date.parse(instant)), text);
    assert.equal(text.length, 16);
  });
}
