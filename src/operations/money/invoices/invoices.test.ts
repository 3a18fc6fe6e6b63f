// Invoices and credit notes on a real database: numbers without gaps under concurrency and after failures, documents that
// never change, credit that a note takes back, and monthly statements that agree with the ledger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { priceOrder } from '#domain/money/orders.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { createOperatorAccounts } from '#operations/operator/accounts/service.ts';
import { createOperatorOrders } from '#operations/operator/orders.ts';
import { seededRandom } from '#simulator/behaviour.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { tierCodes } from '#store/database/codes.ts';
import { audit } from '#store/money/ledger.ts';
import { insertOrder } from '#store/money/orders.ts';
import { anIssuer } from '../../../../test/support/objects-of-account.ts';
import { nowMs, TestRows } from '../../../../test/support/rows.ts';
import { testSeal } from '../../../../test/support/service-set.ts';
import { sized } from '../../../../test/support/size.ts';
import { createOperatorStatements } from '../account-statements.ts';
import { issueInvoice } from './issue.ts';
import { createOperatorInvoices } from './operator-service.ts';

const alice = operatorAccess({ actor: 'cli:alice', address: null });
const prices = priceOrder(500, 50_000n, { vatPercent: 20, discounts: [{ fromQuantity: 500, percent: 10 }] });

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const rows = await TestRows.openFor(t);
  const clock = { nowMs, now: () => clock.nowMs };
  const context = { database: rows.database, clock, seal: testSeal };
  const account = (await readAccount(rows.query, await rows.anAccount(0n)))!;
  let orders = 0;
  return {
    ...{ rows, clock, account, name: account.serviceName, query: rows.query },
    invoices: createOperatorInvoices(context),
    orders: createOperatorOrders(context, { issueInvoice }),
    accounts: createOperatorAccounts(context),
    statements: createOperatorStatements(context),
    /** An open order; its id. */
    async anOrder(isOnAccount = false) {
      const order = { token: `0-${++orders}`, prices, isAutomatic: false, isOnAccount };
      return String((await insertOrder(rows.query, account, order, clock.now())).id);
    },
    async openIssuer() {
      const { name, registration, vatNumber, address, mentions } = anIssuer;
      const lines = { address: address.join('|'), mentions: mentions.join('|') };
      await this.invoices.setIssuer(alice, {
        name,
        registration: registration!,
        vatNumber: vatNumber!,
        ...lines,
      });
      await this.accounts.set(alice, account.serviceName, {
        'billing-address': '2 rue du Port | 13002 Marseille',
      });
    },
    async numbers() {
      const found = await rows.query<{ number: string }>('select number from invoices order by id');
      return found.map(({ number }) => number);
    },
  };
}

test('a payment without an issuer adds the credit and issues no invoice; the invoice follows when its data is complete', async (t) => {
  const set = await open(t);
  const order = await set.anOrder();
  const paid = await set.orders.confirm(alice, order);
  assert.equal(paid.availableMicros, 25_000_000n);
  assert.match(JSON.stringify(paid.invoice), /issuer of invoices is not set.*no billing address/);
  await assert.rejects(set.invoices.issue(alice, order), /issuer of invoices is not set/);
  await assert.rejects(set.invoices.issue(alice, '1'), /there is no order 1/);
  await assert.rejects(
    set.invoices.issue(alice, await set.anOrder()),
    /is open; an invoice is issued for a paid order/,
  );
  const missing = async () =>
    (await set.invoices.listMissing(alice, 10)).map(({ order: { id }, account, obstacles }) => [
      ...[String(id), account, ...obstacles],
    ]);
  assert.deepEqual(await missing(), [[order, set.name, 'issuer-missing', 'buyer-address-missing']]);
  await set.openIssuer();
  set.clock.nowMs += 86_400_000;
  assert.deepEqual(await missing(), [[order, set.name]]);
  const { issued, problems } = await set.invoices.issueMissing(alice);
  assert.deepEqual([issued, problems], [['INV-2026-00001'], []]);
  const shown = await set.invoices.show(alice, 'INV-2026-00001');
  assert.deepEqual(
    [shown.withoutTaxMicros, shown.taxMicros, shown.originalMicros, shown.paidAtMs, shown.buyer.address],
    [22_500_000n, 4_500_000n, 25_000_000n, nowMs, ['2 rue du Port', '13002 Marseille']],
  );
  assert.equal((await set.invoices.issue(alice, order)).number, 'INV-2026-00001', 'once for an order');
  const trail = await set.query<{ n: number }>(
    "select count(*) as n from audit_entries where action = 'invoice.issued'",
  );
  assert.equal(trail[0]!.n, 1, 'a document that existed is not issued again');
  assert.deepEqual(
    (await set.invoices.list(alice, { account: undefined, limit: 10 })).map(({ account }) => account),
    [set.name],
  );
  assert.deepEqual((await set.invoices.issueMissing(alice)).issued, []);
  set.clock.nowMs += 60_000;
  assert.deepEqual(await missing(), []);
});

test('numbers have no gap when orders are paid concurrently and transactions fail after they took a number', async (t) => {
  const set = await open(t);
  await set.openIssuer();
  const count = sized(24, 200);
  const paid = await Promise.all(Array.from({ length: count }, () => set.anOrder()));
  const failing = await Promise.all(Array.from({ length: count / 2 }, () => set.anOrder()));
  const confirmed = paid.flatMap((order) => [
    set.orders.confirm(alice, order),
    set.orders.confirm(alice, order),
  ]);
  const failed = failing.map((order) =>
    createOperatorOrders(
      { database: set.rows.database, clock: set.clock },
      {
        async issueInvoice(...args) {
          await issueInvoice(...args);
          throw new Error('the process ends here');
        },
      },
    ).confirm(alice, order),
  );
  const results = await Promise.allSettled([...confirmed, ...failed]);
  assert.equal(
    results.filter(({ status }) => status === 'fulfilled').length,
    count,
    'each order is paid once',
  );
  const expected = Array.from({ length: count }, (_, i) => `INV-2026-${String(i + 1).padStart(5, '0')}`);
  assert.deepEqual(await set.numbers(), expected, 'in the order of their issue');
  const [order] = await set.query<{ ordered: boolean }>(
    'select bool_and(issued_at >= before) as ordered from (select issued_at, lag(issued_at, 1, issued_at) over (order by number) as before from invoices) i',
  );
  assert.equal(order!.ordered, true, 'later numbers are not earlier');
  assert.deepEqual(await audit(set.query), []);
});

test('a document never changes, and keeps its parties when their data changes', async (t) => {
  const set = await open(t);
  await set.openIssuer();
  await set.orders.confirm(alice, await set.anOrder());
  for (const change of ['update invoices set tax_micros = 0', 'delete from invoices'])
    await assert.rejects(set.query(change), /invoices is insert only/);
  const before = await set.invoices.show(alice, 'INV-2026-00001');
  await set.invoices.setIssuer(alice, { name: 'Another SAS', invoicePrefix: 'F-' });
  await set.accounts.set(alice, set.name, {
    'billing-name': 'Another buyer',
    'vat-number': 'be 0123.456.789',
  });
  assert.deepEqual(await set.invoices.show(alice, 'INV-2026-00001'), before);
  await set.orders.confirm(alice, await set.anOrder());
  const { issuer, buyer } = await set.invoices.show(alice, 'F-2026-00001');
  assert.deepEqual(
    [issuer.name, buyer.name, buyer.vatNumber],
    ['Another SAS', 'Another buyer', 'BE0123456789'],
  );
});

test('credit notes take the credit of their part, never what is spent, and never more than the invoice', async (t) => {
  const set = await open(t);
  await set.openIssuer();
  await set.orders.confirm(alice, await set.anOrder());
  const number = 'INV-2026-00001';
  const note = (amount: string | undefined, keepsCredit = false) =>
    set.invoices.credit(alice, number, { reason: 'not used', amount, keepsCredit });
  await assert.rejects(note('22.51'), /has a rest of 22.50 EUR without tax/);
  await assert.rejects(note('1,5'), /must be an amount/);
  await assert.rejects(note('0.001'), /at most two decimals/);
  const first = await note('7.50');
  assert.deepEqual(
    [first.number, first.withoutTaxMicros, first.taxMicros, first.creditMicros],
    ['CN-2026-00001', 7_500_000n, 1_500_000n, 8_333_333n],
  );
  await assert.rejects(
    set.invoices.credit(alice, first.number, { reason: 'x', amount: undefined, keepsCredit: false }),
    /is a credit note; name the invoice INV-2026-00001/,
  );
  const [firstMessage] = await set.rows.aCampaign(set.account.id, 300);
  assert.ok(firstMessage, '15 of 16.666667 EUR are held');
  await assert.rejects(note(undefined), /only 1.666667 EUR of credit is available/);
  assert.deepEqual(await set.numbers(), [number, first.number], 'a refused note takes no number');
  const rest = await note(undefined, true);
  assert.deepEqual([rest.number, rest.taxMicros, rest.creditMicros], ['CN-2026-00002', 3_000_000n, 0n]);
  await assert.rejects(note(undefined), /has a rest of 0.00 EUR/);
  await set.accounts.set(alice, set.name, { 'billing-name': 'The right buyer' });
  const again = await set.invoices.issue(alice, String(first.orderId));
  assert.deepEqual(
    [again.number, again.buyer.name, again.withoutTaxMicros, again.taxMicros, again.creditMicros],
    ['INV-2026-00002', 'The right buyer', 15_000_000n, 3_000_000n, 16_666_667n],
    'the part of which no credit was taken',
  );
  assert.deepEqual([again.originalMicros, again.quantity], [16_670_000n, 333]);
  const nothing = await set.invoices.issue(alice, String(first.orderId));
  assert.equal(nothing.number, again.number, 'it is in force');
  const [entry] = await set.query<{ before: object; after: object }>(
    "select before, after from audit_entries where action = 'account.changed' order by id desc limit 1",
  );
  assert.deepEqual(
    [entry!.before, entry!.after],
    [{ billing: { name: null } }, { changed: ['billing'], billing: { name: 'The right buyer' } }],
  );
  assert.deepEqual(await audit(set.query), []);
});

test('an invoice that was cancelled without taking credit is issued again with corrected data', async (t) => {
  const set = await open(t);
  await set.openIssuer();
  const order = await set.anOrder();
  await set.orders.confirm(alice, order);
  await set.invoices.credit(alice, 'INV-2026-00001', {
    reason: 'wrong buyer',
    amount: undefined,
    keepsCredit: true,
  });
  await set.accounts.set(alice, set.name, { 'billing-name': 'The right buyer' });
  const again = await set.invoices.issue(alice, order);
  assert.deepEqual([again.number, again.buyer.name], ['INV-2026-00002', 'The right buyer']);
});

test('each wrong value of the issuer is named at once', async (t) => {
  const set = await open(t);
  await assert.rejects(
    set.invoices.setIssuer(alice, {
      name: '',
      vatNumber: '12',
      timeZone: 'Mars/Olympus',
      invoicePrefix: 'a b',
    }),
    (error: Error) =>
      ['--name', '--vat-number', '--time-zone', '--prefix'].every((flag) => error.message.includes(flag)),
  );
  await assert.rejects(set.invoices.setIssuer(alice, { name: 'X' }), /--address is missing/);
  assert.equal(await set.invoices.readIssuer(alice), null);
});

test('statements of consecutive months agree with the ledger entry by entry', async (t) => {
  const set = await open(t);
  const random = seededRandom(11);
  const kinds = ['top_up', 'adjustment', 'charge', 'charge', 'hold', 'release', 'lookup'] as const;
  const months = ['2026-08', '2026-09', '2026-10', '2026-11'];
  const entries: { month: string; kind: string; micros: bigint; country: string; tier: string }[] = [];
  const insert = (entry: (typeof entries)[number], atMs: number) =>
    set.query(
      `insert into ledger_entries (bucket, account_id, kind, amount_micros, at, note, country, segments, tier)
       values (0, $1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, 2, $7)`,
      [
        ...[set.account.id, entry.kind === 'lookup' ? 'adjustment' : entry.kind, String(entry.micros), atMs],
        ...[entry.kind === 'lookup' ? 'look-ups of 2 numbers' : 'x', entry.country],
        tierCodes.code(entry.tier as 'premium'),
      ],
    );
  for (let i = 0; i < sized(120, 3000); i++) {
    const month = months[Math.floor(random() * months.length)]!;
    const from = Date.parse(`${month}-01T00:00:00Z`);
    // Some entries lie exactly on the border of a month.
    const atMs = random() < 0.1 ? from : from + Math.floor(random() * 28 * 86_400_000);
    const kind = kinds[Math.floor(random() * kinds.length)]!;
    const sign = (kind === 'adjustment' || kind === 'lookup') && random() < 0.5 ? -1n : 1n;
    const micros = sign * BigInt(1 + Math.floor(random() * 1e12));
    const entry = {
      month,
      kind,
      micros,
      country: random() < 0.5 ? 'FR' : 'BE',
      tier: random() < 0.5 ? 'premium' : 'world',
    };
    entries.push(entry);
    await insert(entry, atMs);
  }
  const signed = ({ kind, micros }: (typeof entries)[number]) =>
    kind === 'hold' || kind === 'release' ? 0n : kind === 'charge' ? -micros : micros;
  const total = (list: typeof entries) => list.reduce((sum, entry) => sum + signed(entry), 0n);
  await set.query('update balances set balance_micros = $1 where account_id = $2', [
    String(total(entries)),
    set.account.id,
  ]);
  let openingMicros = 0n;
  for (const month of months) {
    const read = await set.statements.read(alice, set.name, month);
    const own = entries.filter((entry) => entry.month === month);
    assert.equal(read.openingMicros, openingMicros, month);
    assert.equal(read.closingMicros, openingMicros + total(own));
    const { purchasesMicros, consumptionMicros, lookupsMicros, correctionsMicros } = read;
    const sum = purchasesMicros - consumptionMicros - lookupsMicros + correctionsMicros;
    assert.equal(read.openingMicros + sum, read.closingMicros, 'every line is in the sum, once');
    for (const { country, tier, amountMicros, segments } of read.consumption) {
      const charges = own.filter(
        (entry) => entry.kind === 'charge' && entry.country === country && entry.tier === tier,
      );
      assert.equal(amountMicros, -total(charges));
      assert.equal(segments, charges.length * 2);
    }
    assert.equal(
      read.consumption.reduce((all, { amountMicros }) => all + amountMicros, 0n),
      consumptionMicros,
    );
    assert.equal(
      read.movements.reduce((all, { amountMicros }) => all + amountMicros, 0n),
      purchasesMicros + correctionsMicros,
    );
    openingMicros = read.closingMicros;
  }
  assert.equal(openingMicros, total(entries));
  await assert.rejects(set.statements.read(alice, set.name, '2026-13'), /is not a month/);
  await assert.rejects(set.statements.read(alice, set.name, '2099-01'), /has not begun/);
});
