// Invoices and statements as the console gets them, over services of the test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anIssuer } from '../../../test/support/objects-of-account.ts';
import { creditHandlers } from './credit-routes.ts';

const invoice = {
  ...{
    id: 1,
    accountId: 1,
    kind: 'invoice',
    number: 'INV-2027-00001',
    issuedOn: '2027-01-01',
    orderId: 1001,
  },
  ...{ issuedAtMs: 0, invoiceNumber: null, reason: null, quantity: 500, originalMicros: 25_000_000n },
  ...{ discountPercent: 10, withoutTaxMicros: 22_500_000n, vatPercent: 0, taxMicros: 0n, creditMicros: 1n },
  // In UTC it is still 2026.
  ...{ paidAtMs: Date.parse('2026-12-31T23:30:00Z'), issuer: anIssuer },
  buyer: {
    name: 'Shop',
    address: ['Gent'],
    vatNumber: 'BE0123456789',
    email: 'a@b.example',
    serviceName: 's',
  },
};

function handlersOver(services: object) {
  return creditHandlers({ services } as never) as unknown as Record<
    string,
    (call: object) => Promise<Record<string, unknown>>
  >;
}

const access = { account: { name: '', serviceName: 'sms-1' } };

test('an invoice has the days of its issuer, and the reverse charge between two countries', async () => {
  const handlers = handlersOver({ invoices: { read: async () => invoice } });
  const read = await handlers['credit.readInvoice']!({ access, parameters: { number: 'x' } });
  assert.deepEqual(
    [read['issuedOn'], read['paidOn'], read['isReverseCharge'], read['withTax'], read['original']],
    ['2027-01-01', '2027-01-01', true, '22.500000', '25.000000'],
  );
});

test('an unknown invoice and a month that has not begun are not found', async () => {
  const handlers = handlersOver({
    invoices: { read: async () => null },
    accountStatements: { read: async () => null },
  });
  for (const [name, parameters] of [
    ['credit.readInvoice', { number: 'x' }],
    ['credit.readStatement', { month: '2099-01' }],
  ] as const)
    await assert.rejects(async () => handlers[name]!({ access, parameters }), { reason: 'not-found' });
});

test('the buyer is changed without empty lines, and a wrong VAT number is refused by its name', async () => {
  const changes: unknown[] = [];
  const editParameters = async (_access: object, change: unknown) => changes.push(change);
  const handlers = handlersOver({ accounts: { editParameters } });
  const update = async (vatNumber: string | null) =>
    handlers['credit.update']!({
      access,
      parameters: {},
      body: { billing: { name: null, address: [' 1 rue ', ''], vatNumber } },
    });
  await update('fr 00 000 000 000');
  assert.deepEqual(changes, [{ billing: { name: null, address: ['1 rue'], vatNumber: 'FR00000000000' } }]);
  await assert.rejects(update('12'), {
    facts: {
      fields: { 'billing.vatNumber': 'malformed' },
      detail: 'A VAT number is a country and its digits, such as FR00000000000.',
    },
  });
  assert.equal(changes.length, 1);
});
