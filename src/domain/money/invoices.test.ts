import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '#simulator/behaviour.ts';
import { creditNoteAmounts, dayOf, isReverseCharge, numberOf, readVatNumber, seriesOf } from './invoices.ts';

test('credit notes over parts of an invoice add up to it exactly and never below zero', () => {
  const random = seededRandom(7);
  const upTo = (limit: number) => Math.floor(random() * limit);
  for (let round = 0; round < 500; round++) {
    const cents = 1 + upTo(5_000_000);
    const invoice = {
      withoutTaxMicros: BigInt(cents) * 10_000n,
      vatPercent: 20,
      taxMicros: BigInt(upTo(cents)) * 10_000n,
      creditMicros: BigInt(upTo(60_000_000_000)),
    };
    const sums = { withoutTaxMicros: 0n, taxMicros: 0n, creditMicros: 0n };
    for (let left = cents; left > 0; ) {
      const part = random() < 0.3 ? left : 1 + upTo(left);
      const note = creditNoteAmounts(invoice, sums.withoutTaxMicros, BigInt(part) * 10_000n)!;
      assert.ok(note.taxMicros >= 0n && note.creditMicros >= 0n, 'no part is negative');
      assert.equal(note.taxMicros % 10_000n, 0n, 'tax is whole cents');
      for (const name of ['withoutTaxMicros', 'taxMicros', 'creditMicros'] as const) sums[name] += note[name];
      left -= part;
    }
    const { vatPercent: _, ...whole } = invoice;
    assert.deepEqual(sums, whole);
    assert.equal(creditNoteAmounts(invoice, sums.withoutTaxMicros, 10_000n), null, 'nothing is left');
  }
});

test('numbers count in a series for each year of the issuer’s zone', () => {
  const issuer = { timeZone: 'Europe/Paris', invoicePrefix: 'INV-', creditNotePrefix: 'CN-' } as never;
  const newYear = Date.parse('2026-12-31T23:30:00Z');
  assert.equal(seriesOf('invoice', issuer, newYear), 'INV-2027-');
  assert.equal(dayOf(newYear, issuer), '2027-01-01');
  assert.equal(numberOf('INV-2027-', 1), 'INV-2027-00001');
  assert.equal(numberOf('INV-2027-', 123_456), 'INV-2027-123456');
});

test('a VAT number is read without its separators', () => {
  assert.equal(readVatNumber('fr 00 000.000-000'), 'FR00000000000');
  assert.equal(readVatNumber('12345'), null);
});

for (const [from, to, expected] of [
  ['FR12345678901', 'DE123456789', true],
  ['FR12345678901', 'EL123456789', true],
  ['FR12345678901', 'FR98765432109', false],
  ['FR12345678901', 'CHE123456789', false],
  ['FR12345678901', 'GB123456789', false],
  ['FR12345678901', null, false],
] as const)
  test(`an invoice without tax from ${from} to ${to} ${expected ? 'is' : 'is no'} reverse charge`, () => {
    const invoice = { issuer: { vatNumber: from }, buyer: { vatNumber: to } };
    assert.equal(isReverseCharge({ ...invoice, taxMicros: 0n }), expected);
    assert.equal(isReverseCharge({ ...invoice, taxMicros: 10_000n }), false);
  });
