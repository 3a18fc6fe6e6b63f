// Opt-outs of an account that an operator adds or removes: the actor, the reason and the time are kept, also of a removal.
// Used by `chappe opt-out`. The next request of the account skips these numbers, as after a reply with STOP.
// Refuses, as OperatorRefusal: an unknown account, an invalid telephone number, a missing reason.
import type { Account } from '#domain/account/account.ts';
import { type Actor, maskedNumber } from '#domain/base/audit.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { CsvError, CsvReader, type CsvRecord } from '#lib/text/csv-reader.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import {
  type EnteredOptOut,
  enterOptOuts,
  type ListedOptOut,
  listEnteredOptOuts,
  removeOptOut,
} from '#store/recipients/opt-outs.ts';

export interface OptOutImport {
  readonly account: string;
  readonly csv: Uint8Array;
  /** For lines without a time. */
  readonly reason: string;
  /** Skips lines without a valid number; otherwise they refuse the file. */
  readonly skipsInvalid: boolean;
}

export interface ImportReport {
  readonly added: number;
  /** Had an opt-out before. */
  readonly known: number;
  /** Repeated in the file. */
  readonly repeated: number;
  /** Sentences, each with its line. */
  readonly skipped: readonly string[];
}

export interface OperatorOptOuts {
  /** Ordered by number; `number` for a single one, `after` for the next page. */
  list(
    access: OperatorAccess,
    account: string,
    page: { number?: string; after?: number; limit: number },
  ): Promise<ListedOptOut[]>;
  /** False if the number has an opt-out already. */
  add(access: OperatorAccess, account: string, number: string, reason: string): Promise<boolean>;
  /** False if the number has no opt-out. */
  remove(access: OperatorAccess, account: string, number: string, reason: string | null): Promise<boolean>;
  /** A file of numbers, one a line, or with the columns number, why and at. All lines or none. */
  import(access: OperatorAccess, order: OptOutImport): Promise<ImportReport>;
  /** Writes every opt-out as lines that `import` reads. Returns their number; the audit trail records the reader. */
  export(access: OperatorAccess, account: string, write: (lines: string) => Promise<void>): Promise<number>;
}

const batch = 20_000;
/** A larger file is a mistake: it is in memory while it is checked. */
const mostLines = 2_000_000;
const mostMistakes = 20;
const mostReason = 500;

export function createOperatorOptOuts({
  database,
  clock,
}: Pick<Context, 'database' | 'clock'>): OperatorOptOuts {
  function audit(query: Query, by: Actor, account: Account, action: string, target: string, after: object) {
    const entry = { by, accountId: account.id, action, target, before: null, after: { ...after } };
    return insertAuditEntry(query, entry, clock.now());
  }

  return {
    async list(access, name, { number, after = 0, limit }) {
      authorize(access, 'operator-opt-outs.read');
      const account = await requireAccountNamed(database.query, name);
      const msisdn = number === undefined ? null : requireNumber(number, account);
      return listEnteredOptOuts(database.query, account, { msisdn, after, limit });
    },

    async add(access, name, number, written) {
      const by = authorize(access, 'operator-opt-outs.write');
      const reason = readReason(written);
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, name);
        const msisdn = requireNumber(number, account);
        const entry = { msisdn, reason, atMs: clock.now() };
        const added = await enterOptOuts(query, account, by.actor, [entry]);
        if (added > 0) await audit(query, by, account, 'opt-out.added', maskedNumber(msisdn), { reason });
        return added > 0;
      });
    },

    async remove(access, name, number, written) {
      const by = authorize(access, 'operator-opt-outs.write');
      const reason = written === null ? null : readReason(written);
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, name);
        const msisdn = requireNumber(number, account);
        const removal = { actor: by.actor, reason };
        const isRemoved = await removeOptOut(query, account, msisdn, clock.now(), removal);
        if (isRemoved) await audit(query, by, account, 'opt-out.removed', maskedNumber(msisdn), { reason });
        return isRemoved;
      });
    },

    async import(access, { account: name, csv, reason: written, skipsInvalid }) {
      const by = authorize(access, 'operator-opt-outs.write');
      const reason = readReason(written);
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, name);
        const { entries, repeated, mistakes } = readFile(csv, account, reason, clock.now());
        if (mistakes.length > 0 && !skipsInvalid) throw new OperatorRefusal(...shortened(mistakes));
        if (entries.length === 0) throw new OperatorRefusal('the file has no number', ...shortened(mistakes));
        let added = 0;
        for (let at = 0; at < entries.length; at += batch)
          added += await enterOptOuts(query, account, by.actor, entries.slice(at, at + batch));
        const report = { added, known: entries.length - added, repeated, skipped: mistakes };
        const counts = { ...report, skipped: mistakes.length, reason };
        await audit(query, by, account, 'opt-out.imported', account.serviceName, counts);
        return report;
      });
    },

    async export(access, name, write) {
      const by = authorize(access, 'operator-opt-outs.read');
      const account = await requireAccountNamed(database.query, name);
      await write('number,at,by,why\n');
      let after = 0;
      let count = 0;
      for (;;) {
        const rows = await listEnteredOptOuts(database.query, account, {
          msisdn: null,
          after,
          limit: batch,
        });
        count += rows.length;
        if (rows.length > 0) await write(rows.map(lineOf).join(''));
        if (rows.length < batch) break;
        after = rows.at(-1)!.msisdn;
      }
      await audit(database.query, by, account, 'opt-out.exported', account.serviceName, { count });
      return count;
    },
  };
}

function requireNumber(written: string, account: Account): number {
  const read = readMsisdn(written, account.settings.defaultCountry);
  if (!read.ok) throw new OperatorRefusal(`"${written}" ${problems[read.problem]}`);
  return read.msisdn;
}

const problems = {
  'not-a-number': 'is not a telephone number; write it as +33601020304',
  'unknown-prefix': 'begins with no country code; write it as +33601020304',
  'not-mobile': 'is a fixed line, which takes no SMS',
} as const;

function readReason(written: string): string {
  const reason = written.trim();
  if (reason === '') throw new OperatorRefusal('the reason is missing: say why with --why');
  if (reason.length > mostReason)
    throw new OperatorRefusal(`the reason is longer than ${mostReason} characters`);
  return reason;
}

interface ReadFile {
  readonly entries: readonly EnteredOptOut[];
  readonly repeated: number;
  readonly mistakes: readonly string[];
}

function readFile(csv: Uint8Array, account: Account, reason: string, nowMs: number): ReadFile {
  const records = recordsOf(csv);
  if (records.length > mostLines)
    throw new OperatorRefusal(
      `line ${records[mostLines]!.line}: more than ${mostLines} lines; divide the file`,
    );
  const columns = columnsOf(records[0]?.fields ?? []);
  const entries = new Map<number, EnteredOptOut>();
  const mistakes: string[] = [];
  let repeated = 0;
  for (const { line, fields } of columns.hasHeader ? records.slice(1) : records) {
    const written = fields[columns.number] ?? '';
    const read = readMsisdn(written, account.settings.defaultCountry);
    const atMs = readTime(fields[columns.at] ?? '', nowMs);
    if (!read.ok) mistakes.push(`line ${line}: "${written}" ${problems[read.problem]}`);
    else if (atMs === null)
      mistakes.push(
        `line ${line}: "${fields[columns.at]}" is not an instant of the past such as 2026-01-31T08:00:00Z`,
      );
    else if (entries.has(read.msisdn)) repeated++;
    else {
      const why = (fields[columns.why] ?? '').slice(0, mostReason);
      entries.set(read.msisdn, { msisdn: read.msisdn, reason: why === '' ? reason : why, atMs });
    }
  }
  return { entries: [...entries.values()], repeated, mistakes };
}

function recordsOf(csv: Uint8Array): CsvRecord[] {
  const reader = new CsvReader();
  try {
    return [...reader.push(csv), ...reader.end()];
  } catch (error) {
    if (error instanceof CsvError) throw new OperatorRefusal(error.message);
    throw error;
  }
}

/** Positions of the columns by name; without a header the number comes first, then the reason. */
function columnsOf(first: readonly string[]) {
  const names = first.map((name) => name.toLowerCase());
  const number = names.findIndex((name) => ['number', 'phone', 'phone_number', 'msisdn'].includes(name));
  if (number === -1) return { hasHeader: false, number: 0, why: 1, at: -1 };
  const why = names.findIndex((name) => ['why', 'reason'].includes(name));
  return { hasHeader: true, number, why, at: names.indexOf('at') };
}

/** Null: not an instant in the past. */
function readTime(written: string, nowMs: number): number | null {
  if (written === '') return nowMs;
  const ms = /^\d{4}-\d{2}-\d{2}/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(ms) || ms > nowMs ? null : ms;
}

function shortened(mistakes: readonly string[]): string[] {
  if (mistakes.length <= mostMistakes) return [...mistakes];
  return [...mistakes.slice(0, mostMistakes), `and ${mistakes.length - mostMistakes} more mistakes`];
}

function lineOf({ msisdn, atMs, actor, reason }: ListedOptOut): string {
  const quoted = (text: string) => (/[",\n\r;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const why = reason ?? 'a reply said STOP';
  return `+${msisdn},${new Date(atMs).toISOString()},${quoted(actor ?? 'reply')},${quoted(why)}\n`;
}
