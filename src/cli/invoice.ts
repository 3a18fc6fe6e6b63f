// chappe invoice list | show | issue | credit | issuer: numbered invoices and credit notes of paid orders.
import type { Issuer } from '#domain/money/invoices.ts';
import { formatEuro } from '#domain/money/micros.ts';
import { createOperatorInvoices, type ShownInvoice } from '#operations/money/invoices/operator-service.ts';
import { type Command, readNumber, requireText, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

export const invoiceList: Command = {
  words: 'invoice list',
  summary: 'Lists invoices and credit notes, newest first.',
  options: {
    account: { type: 'string', value: 'SERVICE', help: 'of this account only' },
    limit: { type: 'string', value: 'N', help: 'maximum number of documents (100)' },
  },
  run: (call) =>
    withService(call, createOperatorInvoices, async (invoices, access) => {
      const limit = readNumber(call, 'limit', 100, 1, 100_000);
      const rows = (await invoices.list(access, { account: call.text('account'), limit })).map(describe);
      call.print(
        rows,
        rows.map(
          (r) =>
            `${r.number.padEnd(18)}  ${r.issuedOn}  ${r.kind.padEnd(11)}  ${r.account}  order ${r.order}  ` +
            `${r.total.padStart(12)} EUR${r.invoice === null ? '' : `  for ${r.invoice}`}`,
        ),
      );
      return 0;
    }),
};

export const invoiceShow: Command = {
  words: 'invoice show',
  positionals: ['NUMBER'],
  summary: 'Shows an invoice or a credit note as it was issued. The console has a page of it to print.',
  options: {},
  run: (call) =>
    withService(call, createOperatorInvoices, async (invoices, access) => {
      const found = await invoices.show(access, call.positionals[0]!);
      const { issuer, buyer } = found;
      const shown = describe(found);
      call.print({ ...shown, issuer, buyer, page: pageOf(found) }, [
        ...linesOf(shown),
        `issuer        ${[issuer.name, ...issuer.address, issuer.registration, issuer.vatNumber].filter(Boolean).join(' | ')}`,
        `buyer         ${[buyer.name, ...buyer.address, buyer.vatNumber, buyer.email].filter(Boolean).join(' | ')}`,
        `page          ${pageOf(found)}`,
      ]);
      return 0;
    }),
};

export const invoiceIssue: Command = {
  words: 'invoice issue',
  positionals: ['[ORDER]'],
  summary:
    'Issues the invoice of a paid order that has none: the issuer or the buyer was incomplete when it was paid. Without ORDER: of all of them.',
  options: {},
  run: (call) =>
    withService(call, createOperatorInvoices, async (invoices, access) => {
      const [order] = call.positionals;
      if (order !== undefined) {
        const { number } = await invoices.issue(access, order);
        call.print({ order: Number(order), invoice: number }, [`order ${order} has the invoice ${number}`]);
        return 0;
      }
      const { issued, problems } = await invoices.issueMissing(access);
      call.print({ issued, problems }, [
        ...issued.map((number) => `${number} issued`),
        ...problems.map(({ order, problems: sentences }) => `order ${order}: ${sentences.join('; ')}`),
      ]);
      return problems.length === 0 ? 0 : 1;
    }),
};

export const invoiceCredit: Command = {
  words: 'invoice credit',
  positionals: ['NUMBER'],
  summary:
    'Issues a credit note for an invoice, with the issuer and the buyer of that invoice, and takes the credit of that part from the account, never what is held.',
  options: {
    why: { type: 'string', value: 'TEXT', help: 'the reason, printed on the credit note' },
    amount: { type: 'string', value: 'EUR', help: 'part without tax (the rest of the invoice)' },
    'keep-credit': {
      type: 'boolean',
      help: 'take no credit: that part of the order stays paid; when the whole invoice is credited, invoice issue ORDER invoices it again with corrected data',
    },
  },
  run: (call) => {
    const reason = requireText(call, 'why');
    return withService(call, createOperatorInvoices, async (invoices, access) => {
      const order = { reason, amount: call.text('amount'), keepsCredit: call.flag('keep-credit') };
      const credited = await invoices.credit(access, call.positionals[0]!, order);
      const note = describe(credited);
      call.print(note, [
        `${note.number} issued for ${note.invoice}: ${note.total} EUR; ` +
          `${formatEuro(credited.creditMicros, 6)} EUR of credit taken from the account`,
      ]);
      return 0;
    });
  },
};

const issuerOptions = {
  name: { type: 'string', value: 'NAME', help: 'name of the company' },
  address: { type: 'string', value: 'LINES', help: 'its address, with | between the lines' },
  registration: { type: 'string', value: 'TEXT', help: 'its entry in the register of companies, or none' },
  'vat-number': { type: 'string', value: 'NUMBER', help: 'its VAT number, or none' },
  mentions: {
    type: 'string',
    value: 'LINES',
    help: 'lines below the sums, such as terms of payment, with | between them, or none',
  },
  'time-zone': { type: 'string', value: 'ZONE', help: 'zone of the days of invoices (Europe/Paris)' },
  prefix: { type: 'string', value: 'TEXT', help: 'begin of the numbers: INV- gives INV-2026-00001' },
  'credit-note-prefix': { type: 'string', value: 'TEXT', help: 'begin of the numbers of credit notes (CN-)' },
} as const;

export const invoiceIssuer: Command = {
  words: 'invoice issuer',
  summary: 'Shows or changes the issuer of invoices. Issued documents keep theirs.',
  options: issuerOptions,
  run: (call) =>
    withService(call, createOperatorInvoices, async (invoices, access) => {
      const isChange = Object.keys(issuerOptions).some((name) => call.text(name) !== undefined);
      const issuer = isChange
        ? await invoices.setIssuer(access, {
            name: call.text('name'),
            address: call.text('address'),
            registration: call.text('registration'),
            vatNumber: call.text('vat-number'),
            mentions: call.text('mentions'),
            timeZone: call.text('time-zone'),
            invoicePrefix: call.text('prefix'),
            creditNotePrefix: call.text('credit-note-prefix'),
          })
        : await invoices.readIssuer(access);
      if (issuer === null)
        throw new UsageError(
          'the issuer of invoices is not set; set it with chappe invoice issuer --name NAME --address LINES --vat-number NUMBER',
        );
      call.print(issuer, issuerLines(issuer));
      return 0;
    }),
};

function issuerLines(issuer: Issuer): string[] {
  return linesOf({
    name: issuer.name,
    address: issuer.address.join(' | '),
    registration: issuer.registration ?? 'none',
    vatNumber: issuer.vatNumber ?? 'none',
    mentions: issuer.mentions.join(' | ') || 'none',
    timeZone: issuer.timeZone,
    numbers: `${issuer.invoicePrefix}YEAR-00001, ${issuer.creditNotePrefix}YEAR-00001`,
  });
}

function linesOf(shown: Readonly<Record<string, string | number | null>>): string[] {
  return Object.entries(shown)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(13)} ${value}`);
}

function pageOf({ number, account }: ShownInvoice): string {
  return `/console/print/invoice/${encodeURIComponent(number)}?account=${encodeURIComponent(account)}`;
}

/** Amounts of credit notes are negative. */
function describe(invoice: ShownInvoice) {
  const signed = (micros: bigint, decimals: number) =>
    formatEuro(invoice.kind === 'credit_note' ? -micros : micros, decimals);
  return {
    number: invoice.number,
    kind: invoice.kind === 'invoice' ? 'invoice' : 'credit-note',
    account: invoice.account,
    order: invoice.orderId,
    issuedOn: invoice.issuedOn,
    issuedAt: new Date(invoice.issuedAtMs).toISOString(),
    invoice: invoice.invoiceNumber,
    reason: invoice.reason,
    credits: invoice.quantity,
    withoutTax: signed(invoice.withoutTaxMicros, 2),
    vatPercent: invoice.vatPercent,
    tax: signed(invoice.taxMicros, 2),
    total: signed(invoice.withoutTaxMicros + invoice.taxMicros, 2),
    credit: signed(invoice.creditMicros, 6),
    paidAt: invoice.paidAtMs === null ? null : new Date(invoice.paidAtMs).toISOString(),
  };
}
