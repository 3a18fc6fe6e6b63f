import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { availableMicros, type CreditEntry, formatEuro, parseEuro, recomputeCredit } from './micros.ts';

test('a life of holds, charges and releases leaves the balance paid in less what was charged', () => {
  const entries: CreditEntry[] = [
    { kind: 'top_up', amountMicros: 10_000_000n },
    { kind: 'hold', amountMicros: 150_000n },
    { kind: 'charge', amountMicros: 50_000n },
    { kind: 'release', amountMicros: 40_000n },
    { kind: 'adjustment', amountMicros: -1_000_000n },
  ];
  const totals = recomputeCredit(entries);
  assert.deepEqual(totals, { balanceMicros: 8_950_000n, heldMicros: 60_000n });
  assert.equal(availableMicros(totals), 8_890_000n);
  assert.deepEqual(recomputeCredit([]), { balanceMicros: 0n, heldMicros: 0n });
});

test('only an adjustment may be negative', () => {
  assert.throws(() => recomputeCredit([{ kind: 'charge', amountMicros: -1n }]), /a negative charge/);
});

test('the totals are the same in any order, and holds that were all settled leave nothing held', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const campaigns = fc.array(fc.array(fc.record({ amount, isCharged: fc.boolean() }), { maxLength: 20 }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(amount, campaigns, fc.array(fc.nat()), (paidIn, sent, order) => {
      const entries: CreditEntry[] = [{ kind: 'top_up', amountMicros: paidIn }];
      let charged = 0n;
      for (const messages of sent) {
        entries.push({
          kind: 'hold',
          amountMicros: messages.reduce((sum, message) => sum + message.amount, 0n),
        });
        for (const message of messages) {
          entries.push({ kind: message.isCharged ? 'charge' : 'release', amountMicros: message.amount });
          if (message.isCharged) charged += message.amount;
        }
      }
      const shuffled = entries
        .map((entry, i) => ({ entry, key: order[i] ?? 0 }))
        .sort((a, b) => a.key - b.key);
      const totals = recomputeCredit(shuffled.map(({ entry }) => entry));
      assert.deepEqual(totals, { balanceMicros: paidIn - charged, heldMicros: 0n });
    }),
  );
});

test('amounts are written with the decimals asked for, half a unit away from zero', () => {
  const rows: [bigint, number, string][] = [
    [0n, 2, '0.00'],
    [94_995_000n, 3, '94.995'],
    [94_995_000n, 2, '95.00'],
    [5_000n, 2, '0.01'],
    [4_999n, 2, '0.00'],
    [-5_000n, 2, '-0.01'],
    [-4_999n, 2, '0.00'],
    [1_234_567_890_123n, 6, '1234567.890123'],
    [1_500_000n, 0, '2'],
  ];
  for (const [micros, decimals, text] of rows) assert.equal(formatEuro(micros, decimals), text);
});

test('amounts are read exactly, and nothing else is', () => {
  const rows: [string, bigint | null][] = [
    ['12', 12_000_000n],
    ['0.05', 50_000n],
    [' 0.000001 ', 1n],
    ['-3.20', -3_200_000n],
    ['+1', 1_000_000n],
    ['9007199254740993.000001', 9_007_199_254_740_993_000_001n],
  ];
  for (const [text, micros] of rows) assert.equal(parseEuro(text), micros, text);
  for (const text of ['', '.', '1.', '.5', '1,50', '1e3', '0.0000001', '12 €', '1 000', '0x1']) {
    assert.equal(parseEuro(text), null, text);
  }
});

test('what is written with six decimals is read back', () => {
  fc.assert(fc.property(fc.bigInt(), (micros) => assert.equal(parseEuro(formatEuro(micros, 6)), micros)));
});
