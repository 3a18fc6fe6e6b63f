// Copies the sent messages of the last days from OVH's API, newest first, into a list for reading. Used by the service of imports,
// after everything else. A message is one request there, so each batch is stored when it was read: a repetition continues where the
// last import ended, and stores nothing twice.
import type { AccountKey } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { OperatorConflict } from '#domain/base/operator-refusal.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type ImportedMessage,
  insertImportedMessages,
  listKnownImported,
} from '#store/campaigns/imported-messages.ts';
import type { Remote } from './remote.ts';

/** OVH's fields of a sent SMS (docs/dialects/ovh.md#history). */
interface OvhSent {
  readonly id: number;
  readonly receiver: string;
  readonly sender: string;
  readonly message: string;
  readonly creationDatetime: string;
  readonly deliveryReceipt: number;
  readonly numberOfSms: number;
}

interface HistoryOrder {
  readonly account: AccountKey;
  readonly remote: Remote;
  /** The name of the account there. */
  readonly service: string;
  readonly days: number;
  readonly isDryRun: boolean;
  readonly note: (line: string) => void;
}

interface ImportedHistory {
  readonly added: number;
  readonly known: number;
  readonly leftOut: readonly string[];
}

/** The newest; at four requests a time they take hours. */
const mostMessages = 100_000;
const batchSize = 200;

export async function importHistory(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { account, remote, service, days, isDryRun, note }: HistoryOrder,
): Promise<ImportedHistory> {
  const { query } = database;
  const at = `/sms/${encodeURIComponent(service)}/outgoing`;
  const source = `ovh ${service}`;
  const from = new Date(clock.now() - days * dayMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const listed =
    (await remote.read<number[]>(`${at}?creationDatetime.from=${encodeURIComponent(from)}`)) ?? [];
  const ids = listed.toSorted((a, b) => b - a).slice(0, mostMessages);
  const known = await listKnownImported(query, account, source, ids);
  const fresh = ids.filter((id) => !known.has(id));
  const leftOut =
    listed.length > ids.length ? [`history: the oldest ${listed.length - ids.length} messages`] : [];
  if (isDryRun) return { added: fresh.length, known: known.size, leftOut };
  let added = 0;
  let unreadable = 0;
  try {
    for (let start = 0; start < fresh.length; start += batchSize) {
      const batch = fresh.slice(start, start + batchSize);
      const read = await remote.readAll<OvhSent>(batch.map((id) => `${at}/${id}`));
      const messages = read.flatMap((one) => (one === null ? [] : (messageOf(one) ?? [])));
      unreadable += batch.length - messages.length;
      added += await insertImportedMessages(query, account, source, messages, clock.now());
      note(`${start + batch.length} of ${fresh.length} messages`);
    }
  } catch (error) {
    if (!(error instanceof OperatorConflict)) throw error;
    leftOut.push(
      `history: it ended after ${added} messages (${error.message}); repeat the import to continue`,
    );
  }
  if (unreadable > 0)
    leftOut.push(`history: ${unreadable} messages that wait for their time, or whose recipient is no number`);
  return { added, known: known.size, leftOut };
}

/** By `deliveryReceipt` (docs/dialects/ovh.md#history); 4 waits for its time, and is not a sent message. */
const statuses: Readonly<Record<number, MessageStatus>> = {
  0: 'submitted',
  1: 'delivered',
  2: 'undelivered',
  8: 'submitted',
  16: 'rejected',
};

function messageOf(sent: OvhSent): ImportedMessage | null {
  const status = statuses[sent.deliveryReceipt];
  const msisdn = Number(sent.receiver.replace(/\D/g, ''));
  const sentAtMs = Date.parse(sent.creationDatetime);
  if (status === undefined || !Number.isSafeInteger(msisdn) || msisdn <= 0 || Number.isNaN(sentAtMs))
    return null;
  return {
    foreignId: sent.id,
    msisdn,
    sender: sent.sender || null,
    text: sent.message,
    status,
    segments: sent.numberOfSms,
    sentAtMs,
  };
}
