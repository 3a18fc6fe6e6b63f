import assert from 'node:assert/strict';
import test from 'node:test';
import { legacyTicket, renderMicros } from './response.ts';

test('a ticket has at least twelve digits', () => {
  assert.equal(legacyTicket(21), 'api000000000021');
  assert.equal(legacyTicket(110_000_000_021), 'api110000000021');
  assert.equal(legacyTicket(9_007_199_254_740_991), 'api9007199254740991');
});

test('euros are written with a point and a fixed number of decimals', () => {
  assert.equal(renderMicros(0n, 3), '0.000');
  assert.equal(renderMicros(45_500n, 3), '0.046');
  assert.equal(renderMicros(45_500n, 4), '0.0455');
  assert.equal(renderMicros(45_499n, 3), '0.045');
  assert.equal(renderMicros(999_999n, 3), '1.000');
  assert.equal(renderMicros(1_234_567_890_123n, 3), '1234567.890');
});
