import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonPause } from './common-pause.ts';

const rows: readonly [pauseMs: number, nowMs: number, expected: number][] = [
  [250, 7_123, 250],
  [999, 7_123, 999],
  [1_000, 7_000, 1_000],
  [1_000, 7_001, 999],
  [1_000, 7_123, 877],
  [1_000, 7_950, 1_050], // it would end after 50 ms
  [2_000, 7_999, 2_001],
  [2_000, 8_002, 1_998],
  [2_000, 9_000, 1_000],
  [4_000, 9_000, 3_000],
  [30_000, 8_500, 30_000],
];

for (const [pauseMs, nowMs, expected] of rows)
  test(`a pause of ${pauseMs} ms at ${nowMs} ms lasts ${expected} ms`, () => {
    assert.equal(commonPause(pauseMs, nowMs), expected);
  });
