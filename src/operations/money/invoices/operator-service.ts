// Invoices of all accounts for the operator: the issuer, later invoices of paid orders, credit notes. Used by `chappe invoice`.
// Refuses, as OperatorRefusal: an unknown number, order or account, a value of the issuer that is not valid, an order that is
// not paid. Throws OperatorConflict: an incomplete issuer or buyer, more than the rest of an invoice or of the credit.
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import {
  buyerOf,
  creditNoteAmounts,
  type InvoiceObstacle,
  type Issuer,
  invoiceObstacles,
  readVatNumber,
} from '#domain/money/invoices.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import { zoneOffset } from '#lib/time/zoned-time.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { listAccountsById, readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import {
  findInvoice,
  listInvoicedOrders,
  listInvoices,
  listInvoicesOfOrder,
  lockInvoice,
  type StoredInvoice,
} from '#store/money/invoices.ts';
import { insertTopUp, readBalance } from '#store/money/ledger.ts';
import { findOrder, listPaidOrders, lockOrder, type StoredOrder } from '#store/money/orders.ts';
import { lockMoney } from '#store/money/quotas.ts';
import { readPlatformSetting, writePlatformSetting } from '#store/platform/platform-settings.ts';
import { type Issued, insertNumbered, issueInvoice, issuerKey, sumOf } from './issue.ts';

/** An absent field is not changed; `none` removes an optional one. */
interface IssuerChange {
  readonly name?: string | undefined;
  /** Lines with `|` between them. */
  readonly address?: string | undefined;
  readonly registration?: string | undefined;
  readonly vatNumber?: string | undefined;
  readonly mentions?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly invoicePrefix?: string | undefined;
  readonly creditNotePrefix?: string | undefined;
}

interface CreditNoteOrder {
  readonly reason: string;
  /** Part without tax, in euro; undefined: the rest of the invoice. */
  readonly amount: string | undefined;
  /** The credit stays on the account: the note corrects the document only. */
  readonly keepsCredit: boolean;
}

interface MissingInvoice {
  readonly order: StoredOrder;
  readonly account: string;
  readonly obstacles: readonly InvoiceObstacle[];
}

export interface ShownInvoice extends StoredInvoice {
  readonly account: string;
}

export interface OperatorInvoices {
  /** Newest first. `account`: service name or e-mail. */
  list(
    access: OperatorAccess,
    filter: { readonly account: string | undefined; readonly limit: number },
  ): Promise<readonly ShownInvoice[]>;
  show(access: OperatorAccess, number: string): Promise<ShownInvoice>;
  /** Of a paid order: the invoice in force, or another one of the rest that no credit note took back. */
  issue(access: OperatorAccess, orderId: string): Promise<ShownInvoice>;
  /** Of every paid order without one, the oldest first. `problems` by order. */
  issueMissing(access: OperatorAccess): Promise<{
    readonly issued: readonly string[];
    readonly problems: readonly { readonly order: number; readonly problems: readonly string[] }[];
  }>;
  /**
   * Paid orders without an invoice, the oldest first, with what prevents one; none: it can be issued now. At most `limit`. The
   * orders are read again after half a minute: a page that waits for work asks often.
   */
  listMissing(access: OperatorAccess, limit: number): Promise<readonly MissingInvoice[]>;
  /** Issues a credit note for the invoice, and takes the credit of that part from the account. */
  credit(access: OperatorAccess, number: string, order: CreditNoteOrder): Promise<ShownInvoice>;
  readIssuer(access: OperatorAccess): Promise<Issuer | null>;
  /** Applies to documents that are issued from now on. */
  setIssuer(access: OperatorAccess, change: IssuerChange): Promise<Issuer>;
}

/** Orders of a page of issueMissing: a page is one scan of the table. */
const pageOrders = 10_000;
const missingFreshMs = 30_000;

export function createOperatorInvoices({
  database,
  clock,
}: Pick<Context, 'database' | 'clock'>): OperatorInvoices {
  /** Issues in one transaction, with its audit entry. */
  const issueOne = (access: OperatorAccess, found: StoredOrder): Promise<Issued> =>
    database.transaction(async (query) => {
      const order = await lockOrder(query, found);
      if (order?.status !== 'paid')
        throw new OperatorConflict(
          `order ${found.id} is ${order?.status ?? found.status}; an invoice is issued for a paid order: chappe order confirm ${found.id}`,
        );
      const issued = await issueInvoice(query, order, clock.now());
      if ('number' in issued && issued.isNew)
        await auditChange(query, access, changeOf('invoice.issued', issued.number, order), clock.now());
      return issued;
    });

  let missing: { readonly atMs: number; readonly orders: Promise<readonly StoredOrder[]> } | null = null;

  const readMissing = async (limit: number): Promise<readonly StoredOrder[]> => {
    const found: StoredOrder[] = [];
    let paid: readonly StoredOrder[] = [];
    do {
      paid = await listPaidOrders(database.query, paid.at(-1)?.id ?? 0, pageOrders);
      const ids = paid.map(({ id }) => id);
      const invoiced = await listInvoicedOrders(database.query, ids);
      found.push(...paid.filter(({ id }) => !invoiced.has(id)));
    } while (paid.length === pageOrders && found.length < limit);
    return found.slice(0, limit);
  };

  const read = async (query: Query, number: string): Promise<ShownInvoice> => {
    const found = await findInvoice(query, number);
    if (found === null)
      throw new OperatorRefusal(`there is no invoice or credit note ${number}; see chappe invoice list`);
    return named(query, found);
  };

  return {
    async list(access, { account: name, limit }) {
      authorize(access, 'operator-invoices.read');
      const { query } = database;
      const account = name === undefined ? null : await requireAccountNamed(query, name);
      const filter = { accountId: account?.id ?? null, beforeId: Number.MAX_SAFE_INTEGER, limit };
      const found = await listInvoices(query, filter);
      const accounts = await listAccountsById(query, [...new Set(found.map(({ accountId }) => accountId))]);
      return found.map((one) => ({ ...one, account: accounts.get(one.accountId)!.serviceName }));
    },

    async show(access, number) {
      authorize(access, 'operator-invoices.read');
      return read(database.query, number);
    },

    async issue(access, orderId) {
      authorize(access, 'operator-invoices.write');
      const order = /^\d{1,15}$/.test(orderId) ? await findOrder(database.query, Number(orderId)) : null;
      if (order === null)
        throw new OperatorRefusal(`there is no order ${orderId}; see chappe order list --status all`);
      const issued = await issueOne(access, order);
      if ('problems' in issued) throw new OperatorConflict(issued.problems.join('\n'));
      missing = null;
      return read(database.query, issued.number);
    },

    async issueMissing(access) {
      authorize(access, 'operator-invoices.write');
      const issued: string[] = [];
      const problems: { order: number; problems: readonly string[] }[] = [];
      let paid: readonly StoredOrder[] = [];
      do {
        paid = await listPaidOrders(database.query, paid.at(-1)?.id ?? 0, pageOrders);
        const ids = paid.map(({ id }) => id);
        const invoiced = await listInvoicedOrders(database.query, ids);
        for (const order of paid.filter(({ id }) => !invoiced.has(id))) {
          const result = await issueOne(access, order);
          if ('number' in result) issued.push(result.number);
          else problems.push({ order: order.id, problems: result.problems });
        }
      } while (paid.length === pageOrders);
      return { issued, problems };
    },

    async listMissing(access, limit) {
      authorize(access, 'operator-invoices.read');
      const nowMs = clock.now();
      if (missing === null || nowMs - missing.atMs >= missingFreshMs) {
        missing = { atMs: nowMs, orders: readMissing(limit) };
        missing.orders.catch(() => {
          missing = null;
        });
      }
      const orders = await missing.orders;
      if (orders.length === 0) return [];
      const issuer = await readPlatformSetting<Issuer>(database.query, issuerKey);
      const accounts = await listAccountsById(database.query, [
        ...new Set(orders.map(({ accountId }) => accountId)),
      ]);
      return orders.map((order) => {
        const account = accounts.get(order.accountId)!;
        const obstacles = invoiceObstacles(issuer, buyerOf(account), order);
        return { order, account: account.serviceName, obstacles };
      });
    },

    async credit(access, number, { reason, amount, keepsCredit }) {
      authorize(access, 'operator-invoices.write');
      if (reason.trim() === '') throw new OperatorRefusal('the reason of a credit note is empty');
      const partMicros = amount === undefined ? null : readCents(amount);
      return database.transaction(async (query) => {
        const nowMs = clock.now();
        const invoice = await requireInvoice(query, number);
        const documents = await listInvoicesOfOrder(query, invoice.orderId);
        const notes = documents.filter(({ invoiceNumber }) => invoiceNumber === number);
        const beforeMicros = sumOf(notes, 'withoutTaxMicros');
        const restMicros = invoice.withoutTaxMicros - beforeMicros;
        const amounts = creditNoteAmounts(invoice, beforeMicros, partMicros ?? restMicros);
        if (amounts === null)
          throw new OperatorConflict(
            `${number} has a rest of ${formatEuro(restMicros, 2)} EUR without tax: a credit note cannot be larger, nor empty`,
          );
        const creditMicros = keepsCredit ? 0n : amounts.creditMicros;
        if (creditMicros > 0n) await takeBack(query, invoice, creditMicros, nowMs);
        const { id: _, ...facts } = invoice;
        const note = await insertNumbered(query, 'credit_note', nowMs, {
          ...facts,
          ...amounts,
          creditMicros,
          invoiceNumber: number,
          reason: reason.trim(),
        });
        const after = { invoice: number, credit: formatEuro(creditMicros, 6), reason: note.reason };
        const change = { ...changeOf('invoice.credited', note.number, invoice), after };
        await auditChange(query, access, change, nowMs);
        return named(query, note);
      });
    },

    async readIssuer(access) {
      authorize(access, 'operator-invoices.read');
      return readPlatformSetting<Issuer>(database.query, issuerKey);
    },

    async setIssuer(access, change) {
      authorize(access, 'operator-invoices.write');
      return database.transaction(async (query) => {
        const before = await readPlatformSetting<Issuer>(query, issuerKey);
        const after = changeIssuer(before, change);
        await writePlatformSetting(query, issuerKey, after);
        const entry = {
          action: 'invoice.issuer_set',
          target: 'issuer',
          before: { ...before },
          after: { ...after },
        };
        await auditChange(query, access, entry, clock.now());
        return after;
      });
    },
  };
}

function changeOf(action: string, number: string, { accountId }: Pick<StoredOrder, 'accountId'>) {
  return { action, target: `invoice ${number}`, accountId };
}

async function named(query: Query, invoice: StoredInvoice): Promise<ShownInvoice> {
  return { ...invoice, account: (await readAccount(query, invoice.accountId))!.serviceName };
}

/** Locks the invoice, so that its credit notes come one after the other. */
async function requireInvoice(query: Query, number: string): Promise<StoredInvoice> {
  const found = await lockInvoice(query, number);
  if (found === null) throw new OperatorRefusal(`there is no invoice ${number}; see chappe invoice list`);
  if (found.kind === 'credit_note')
    throw new OperatorRefusal(`${number} is a credit note; name the invoice ${found.invoiceNumber}`);
  return found;
}

/** Takes the credit as an adjustment of the ledger, never below what is held. */
async function takeBack(query: Query, invoice: StoredInvoice, micros: bigint, nowMs: number): Promise<void> {
  const account = (await readAccount(query, invoice.accountId))!;
  await lockMoney(query, account.bucket, [account.id]);
  const { availableMicros } = await readBalance(query, account);
  if (availableMicros < micros)
    throw new OperatorConflict(
      `only ${formatEuro(availableMicros, 6)} EUR of credit is available, but the credit note takes ${formatEuro(micros, 6)} EUR: ` +
        'credit a smaller part with --amount, or leave the credit with --keep-credit',
    );
  const entry = {
    kind: 'adjustment',
    amountMicros: -micros,
    note: `credit note for ${invoice.number}`,
  } as const;
  await insertTopUp(query, account, entry, nowMs);
}

/** An amount above 0 in whole cents. */
function readCents(written: string): bigint {
  const micros = parseEuro(written);
  if (micros === null || micros <= 0n || micros % 10_000n !== 0n)
    throw new OperatorRefusal(
      `"${written}" must be an amount in euro above 0 with at most two decimals such as 25.50`,
    );
  return micros;
}

function readLines(written: string): string[] {
  return written.split('|').flatMap((line) => line.trim() || []);
}

const orNone = (written: string) => (written === 'none' ? null : written);

/** Refuses every value that is not valid in one error. */
function changeIssuer(before: Issuer | null, change: IssuerChange): Issuer {
  const mistakes: string[] = [];
  const check = <T>(
    flag: string,
    written: string | undefined,
    fallback: T,
    read: (text: string) => T | null,
    form: string,
  ) => {
    if (written === undefined) return fallback;
    const value = read(written.trim());
    if (value === null) mistakes.push(`--${flag} is "${written}", but must be ${form}`);
    return value ?? fallback;
  };
  const filled = (text: string) => (text === '' || text.length > 200 ? null : text);
  const prefix = (text: string) => (/^[A-Z0-9-]{1,20}$/i.test(text) ? text : null);
  const lines = (text: string) => (readLines(text).length === 0 ? null : readLines(text));
  const optional = (
    text: string | undefined,
    now: string | null,
    read: (text: string) => string | null,
    flag: string,
    form: string,
  ) =>
    text !== undefined && orNone(text.trim()) === null
      ? null
      : check<string | null>(flag, text, now, read, form);
  const after: Issuer = {
    name: check('name', change.name, before?.name ?? '', filled, '1 to 200 characters'),
    address: check('address', change.address, before?.address ?? [], lines, 'lines with | between them'),
    registration: optional(
      change.registration,
      before?.registration ?? null,
      filled,
      'registration',
      '1 to 200 characters, or none',
    ),
    vatNumber: optional(
      change.vatNumber,
      before?.vatNumber ?? null,
      readVatNumber,
      'vat-number',
      'a VAT number such as FR00000000000, or none',
    ),
    mentions:
      change.mentions === undefined ? (before?.mentions ?? []) : readLines(orNone(change.mentions) ?? ''),
    timeZone: check(
      'time-zone',
      change.timeZone,
      before?.timeZone ?? 'Europe/Paris',
      readZone,
      'a zone such as Europe/Paris',
    ),
    invoicePrefix: check(
      'prefix',
      change.invoicePrefix,
      before?.invoicePrefix ?? 'INV-',
      prefix,
      '1 to 20 letters, digits or hyphens',
    ),
    creditNotePrefix: check(
      'credit-note-prefix',
      change.creditNotePrefix,
      before?.creditNotePrefix ?? 'CN-',
      prefix,
      '1 to 20 letters, digits or hyphens',
    ),
  };
  if (mistakes.length === 0 && after.name === '')
    mistakes.push('--name is missing: an invoice names its issuer');
  if (mistakes.length === 0 && after.address.length === 0)
    mistakes.push('--address is missing: an invoice has the address of its issuer');
  if (mistakes.length > 0) throw new OperatorRefusal(...mistakes);
  return after;
}

function readZone(written: string): string | null {
  try {
    zoneOffset(written)(0);
    return written;
  } catch {
    return null;
  }
}
