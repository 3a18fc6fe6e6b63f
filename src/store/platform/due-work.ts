// The work that is due, of every kind that loops claim, in one statement: a process without work reads it every two seconds
// instead of trying each claim. Used by pipeline/find-due-work.ts. Never locks or claims a row: the loop of the kind does.
import { instant, int2, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** The rows of a kind that a claim takes, as its statement says it: due-work.test.ts compares both. */
interface Source {
  readonly table: string;
  readonly isOpen: string;
  readonly dueAt: string;
  /** A row without a due time is due. */
  readonly nullIsDue?: true;
  /** Absent: the first row by its due time, from an index. */
  readonly isUnordered?: true;
}

export const dueSources = {
  // Any row: there is no index by the due time, and the loop itself waits for the exact time.
  chunks: { table: 'chunks', isOpen: 'process_id is null', dueAt: 'due_at', isUnordered: true },
  callbacks: { table: 'callbacks', isOpen: 'process_id is null and reach = 0', dueAt: 'due_at' },
  bindCallbacks: {
    table: 'callbacks',
    isOpen: 'process_id is null and reach = 1',
    dueAt: 'due_at',
    isUnordered: true,
  },
  batches: { table: 'batches', isOpen: 'process_id is null', dueAt: 'look_at' },
  contactListCampaigns: {
    table: 'contact_list_campaigns',
    isOpen: `process_id is null and status in ('computing', 'sending')`,
    dueAt: 'due_at',
    nullIsDue: true,
  },
  slotCleanings: {
    table: 'slot_cleanings',
    isOpen: `process_id is null and status in ('todo', 'doing')`,
    dueAt: 'due_at',
  },
  lookupOrders: {
    table: 'lookup_orders',
    isOpen: `process_id is null and status = 'waiting'`,
    dueAt: 'due_at',
  },
  historyExports: { table: 'history_exports', isOpen: 'process_id is null', dueAt: 'due_at' },
  notifications: { table: 'notifications', isOpen: 'process_id is null', dueAt: 'retry_at' },
} as const satisfies Readonly<Record<string, Source>>;

type SourceName = keyof typeof dueSources;
export type DueKind = SourceName | 'secretTexts' | 'unmatchedReceipts';

/** Receipts that were received longer ago are tried again by a slower loop (record-receipts.ts). */
const recentUnmatched = `interval '1 minute'`;

function earliestOf(
  { table, isOpen, dueAt, nullIsDue, isUnordered }: Source,
  bucket: string,
  until: string,
): string {
  const isDue = nullIsDue ? `(${dueAt} is null or ${dueAt} <= ${until})` : `${dueAt} <= ${until}`;
  // Bounded like the claim (chunks.ts).
  const bound = table === 'chunks' ? ` and start_tag_at <= ${until} + interval '1 hour'` : '';
  const order = isUnordered ? '' : ` order by ${dueAt}${nullIsDue ? ' nulls first' : ''}`;
  const found = nullIsDue ? `coalesce(${dueAt}, 'epoch')` : dueAt;
  return `select ${found} from ${table} where bucket = ${bucket} and ${isOpen} and ${isDue}${bound}${order} limit 1`;
}

const sources = Object.entries(dueSources) as [SourceName, Source][];
const dueTime = nullable(instant);
const rowOf = Object.fromEntries(
  [...sources.map(([kind]) => kind), 'secretTexts', 'unmatchedReceipts'].map((kind) => [kind, dueTime]),
) as Readonly<Record<DueKind, typeof dueTime>>;

const find = statement('find_due_work', {
  params: { bucket: int2, until: instant },
  row: rowOf,
  text: (p) => `
select
  ${sources.map(([kind, source]) => `(${earliestOf(source, p.bucket, p.until)}) as "${kind}"`).join(',\n  ')},
  (select 'epoch'::timestamptz from secret_texts where bucket = ${p.bucket} limit 1) as "secretTexts",
  (select 'epoch'::timestamptz from unmatched_receipts where received_at >= ${p.until} - ${recentUnmatched} limit 1)
    as "unmatchedReceipts"`,
});

/** The due time of a free row of each kind that has one by `untilMs`; kinds without one are absent. */
export async function findDueWork(
  query: Query,
  bucket: number,
  untilMs: number,
): Promise<ReadonlyMap<DueKind, number>> {
  const row = (await find.find(query, { bucket, until: untilMs }))!;
  const due = new Map<DueKind, number>();
  for (const [kind, dueAtMs] of Object.entries(row)) if (dueAtMs !== null) due.set(kind as DueKind, dueAtMs);
  return due;
}
