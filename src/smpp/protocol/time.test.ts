import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime, renderAbsoluteTime } from './time.ts';

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

const nowMs = Date.parse('2026-11-30T12:00:00Z');
const readTimes: readonly (readonly [written: string, instant: string | null])[] = [
  ['260711070003912+', '2026-07-11T04:00:03.900Z'],
  ['260711070003912-', '2026-07-11T10:00:03.900Z'],
  ['260711070003000+', '2026-07-11T07:00:03.000Z'],
  ['261231235959048+', '2026-12-31T11:59:59.000Z'],
  ['261231235959048-', '2027-01-01T11:59:59.000Z'],
  ['000002000000000R', '2026-12-02T12:00:00.000Z'],
  ['000000000500000R', '2026-11-30T12:05:00.000Z'],
  ['000100000000000R', '2026-12-30T12:00:00.000Z'],
  ['010000000000000R', '2027-11-30T12:00:00.000Z'],
  ['000000010000500R', '2026-11-30T13:00:00.000Z'],
  ['000000990000000R', '2026-12-04T15:00:00.000Z'],
  // Without a zone: UTC.
  ['2611301530', '2026-11-30T15:30:00.000Z'],
  ['261130153059', '2026-11-30T15:30:59.000Z'],
  ['260711070003049+', null],
  ['261301000000000+', null],
  ['260230000000000+', null],
  ['261130240000000+', null],
  ['261130126000000+', null],
  ['2611301530590', null],
  ['tomorrow', null],
  ['', null],
];

for (const [written, instant] of readTimes)
  test(`"${written}" is ${instant ?? 'no time'}`, () => {
    const atMs = readTime(written, nowMs);
    assert.equal(atMs === null ? null : new Date(atMs).toISOString(), instant);
  });
