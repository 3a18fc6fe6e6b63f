// Everything that is stored about a telephone number, for a request of access or erasure by its holder. Used by
// `chappe person`. A reading and an erasure are recorded in the audit trail; an erasure also in a register with a keyed hash
// of the number, which proves it without the number.
// Refuses, as OperatorRefusal: a number that is not in international form, a missing or long reason, a reason with the number.
import { maskedNumber } from '#domain/base/audit.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { readE164, significantDigits } from '#gsm/msisdn.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { eraseNumber, personalNumberOf } from '#pipeline/erase-number.ts';
import { listAccounts, listBuckets } from '#store/accounts/accounts.ts';
import { insertErasure, listErasuresOfNumber, type StoredErasure } from '#store/recipients/erasures.ts';
import { findFilesWithNumber, showPersonalRows } from '#store/recipients/personal-rows.ts';

interface PersonalTableRows {
  readonly table: string;
  readonly total: number;
  /** At most 1,000; without numbers and secrets. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** A file of a customer that contains the number. */
export interface PersonalFile {
  readonly account: string;
  readonly kind: 'document' | 'list';
  /** Of a document; of a list its slot. */
  readonly name: string;
}

export interface Erasure extends Omit<StoredErasure, 'msisdn' | 'numberHash'> {
  /** HMAC-SHA-256 of the number, in hexadecimal. */
  readonly numberHash: string;
}

interface PersonalData {
  readonly msisdn: number;
  readonly tables: readonly PersonalTableRows[];
  readonly files: readonly PersonalFile[];
  /** Erasures of this number, newest first. */
  readonly erasures: readonly Erasure[];
}

export interface PersonalDataService {
  /** `isWhole`: the reader sees the whole number; the audit trail records it. */
  show(access: OperatorAccess, number: string, isWhole: boolean): Promise<PersonalData>;
  /**
   * Erases rows that are not in use now, and registers the rest, which the role `maintenance` erases. Repeats an open erasure
   * of the number. `files` are not changed.
   */
  erase(
    access: OperatorAccess,
    number: string,
    reason: string,
  ): Promise<{ readonly erasure: Erasure; readonly files: readonly PersonalFile[] }>;
}

const mostRows = 1_000;
const mostReason = 500;

export function createPersonalDataService(
  context: Pick<Context, 'database' | 'clock'> & { readonly seal: Pick<Seal, 'fingerprint'> },
): PersonalDataService {
  const { database, clock, seal } = context;
  const hashOf = (msisdn: number) => seal.fingerprint(`msisdn ${msisdn}`);

  async function listFiles(msisdn: number): Promise<PersonalFile[]> {
    const services = new Map(
      (await listAccounts(database.query)).map(({ id, serviceName }) => [id, serviceName]),
    );
    const files: PersonalFile[] = [];
    for (const bucket of await listBuckets(database.query))
      for (const { accountId, name, isSlot } of await findFilesWithNumber(
        database.query,
        bucket,
        significantDigits(msisdn),
      ))
        files.push({ account: services.get(accountId) ?? '', kind: isSlot ? 'list' : 'document', name });
    return files;
  }

  return {
    async show(access, written, isWhole) {
      authorize(access, 'personal-data.read');
      const msisdn = requireNumber(written);
      const { query } = database;
      const number = personalNumberOf(msisdn);
      const tables = new Map<string, { total: number; rows: Readonly<Record<string, unknown>>[] }>();
      for (const [index, bucket] of (await listBuckets(query)).entries()) {
        const found = await showPersonalRows(query, number, {
          bucket,
          limit: mostRows,
          withLocal: index === 0,
        });
        for (const { table, total, rows } of found) {
          const before = tables.get(table) ?? { total: 0, rows: [] };
          tables.set(table, {
            total: before.total + total,
            rows: [...before.rows, ...rows].slice(0, mostRows),
          });
        }
      }
      const change = { action: 'personal-data.read', target: maskedNumber(msisdn), after: { isWhole } };
      await auditChange(query, access, change, clock.now());
      return {
        msisdn,
        tables: [...tables].map(([table, found]) => ({ table, ...found })),
        files: await listFiles(msisdn),
        erasures: (await listErasuresOfNumber(query, hashOf(msisdn))).map(proofOf),
      };
    },

    async erase(access, written, reasonWritten) {
      const { actor } = authorize(access, 'personal-data.erase');
      const msisdn = requireNumber(written);
      const reason = readReason(reasonWritten, msisdn);
      const erasure = await database.transaction(async (query) => {
        const numberHash = hashOf(msisdn);
        const [last] = await listErasuresOfNumber(query, numberHash);
        if (last !== undefined && last.completedAtMs === null) return last;
        const nowMs = clock.now();
        const begun = await insertErasure(query, { numberHash, msisdn, actor, reason }, nowMs);
        // Not the masked number: the trail outlives the data.
        const change = { action: 'personal-data.erased', target: `erasure ${begun.id}`, after: { reason } };
        await auditChange(query, access, change, nowMs);
        return begun;
      });
      return { erasure: proofOf(await eraseNumber(context, erasure)), files: await listFiles(msisdn) };
    },
  };
}

function proofOf({ msisdn: _number, numberHash, ...rest }: StoredErasure): Erasure {
  return { ...rest, numberHash: numberHash.toString('hex') };
}

function requireNumber(written: string): number {
  const msisdn = readE164(written, null);
  if (msisdn === null)
    throw new OperatorRefusal(
      `"${written}" is not a telephone number in international form; write it as +33601020304`,
    );
  return msisdn;
}

function readReason(written: string, msisdn: number): string {
  const reason = written.trim();
  if (reason === '') throw new OperatorRefusal('the reason is missing: say why with --why');
  if (reason.length > mostReason)
    throw new OperatorRefusal(`the reason is longer than ${mostReason} characters`);
  if (reason.replace(/[^0-9]/g, '').includes(significantDigits(msisdn)))
    throw new OperatorRefusal('the reason contains the number, and is kept: name the request another way');
  return reason;
}
