// Credit on its way from one account to another: the open transfer of each account, kept in the row of its money, and
// the two entries that end it. Their callers run them in one transaction.
import type { Query } from '#store/database/database.ts';

export interface AccountKey {
  readonly bucket: number;
  readonly id: number;
}

export interface OpenTransfer {
  readonly tokenSha256: Buffer;
  readonly recipientId: number;
  readonly untilMs: number;
}

/** False when the account has one open already. */
export async function openTransfer(
  query: Query,
  { bucket, id }: AccountKey,
  transfer: OpenTransfer,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update balances set transfer_token = $3, transfer_to = $4, transfer_until = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2
       and (transfer_until > to_timestamp($6::float8 / 1000)) is not true
     returning account_id`,
    [bucket, id, transfer.tokenSha256, transfer.recipientId, transfer.untilMs, nowMs],
  );
  return rows.length > 0;
}

export async function closeTransfer(query: Query, { bucket, id }: AccountKey): Promise<void> {
  await query(
    `update balances set transfer_token = null, transfer_to = null, transfer_until = null
     where bucket = $1 and account_id = $2`,
    [bucket, id],
  );
}

/** The open transfer of an account, its row locked until the end of the transaction; null when there is none. */
export async function lockTransfer(
  query: Query,
  { bucket, id }: AccountKey,
  nowMs: number,
): Promise<OpenTransfer | null> {
  const [row] = await query<OpenTransfer>(
    `select transfer_token as "tokenSha256", transfer_to as "recipientId", transfer_until as "untilMs"
     from balances where bucket = $1 and account_id = $2 and transfer_until > to_timestamp($3::float8 / 1000)
     for update`,
    [bucket, id, nowMs],
  );
  return row ?? null;
}

/** Whether a campaign has to wait for the end of a transfer. */
export async function isTransferOpen(
  query: Query,
  { bucket, id }: AccountKey,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    'select from balances where bucket = $1 and account_id = $2 and transfer_until > to_timestamp($3::float8 / 1000)',
    [bucket, id, nowMs],
  );
  return rows.length > 0;
}

/** Locks the money of these accounts, in the order in which acceptance locks it. */
export async function lockBalances(query: Query, accounts: readonly AccountKey[]): Promise<void> {
  const inOrder = accounts.toSorted((a, b) => a.bucket - b.bucket || a.id - b.id);
  for (const { bucket, id } of inOrder)
    await query('select from balances where bucket = $1 and account_id = $2 for update', [bucket, id]);
}

/**
 * Takes an amount from what the account can spend, and answers what is left; null, and nothing taken, when it cannot
 * pay. The condition and the change are one statement, so that no concurrency overdraws.
 */
export async function takeCredit(
  query: Query,
  { bucket, id }: AccountKey,
  amountMicros: bigint,
  note: string,
  nowMs: number,
): Promise<bigint | null> {
  const [row] = await query<{ available: number }>(
    `with taken as (
       update balances set balance_micros = balance_micros - $3::bigint
       where bucket = $1 and account_id = $2 and balance_micros - held_micros >= $3::bigint
       returning balance_micros - held_micros as available
     ), entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       select $1, $2, 'adjustment', -$3::bigint, $4, to_timestamp($5::float8 / 1000) from taken)
     select available from taken`,
    [bucket, id, amountMicros, note, nowMs],
  );
  return row ? BigInt(row.available) : null;
}

/** Adds an amount, and answers what the account can spend now. */
export async function giveCredit(
  query: Query,
  { bucket, id }: AccountKey,
  amountMicros: bigint,
  note: string,
  nowMs: number,
): Promise<bigint> {
  const [row] = await query<{ available: number }>(
    `with entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       values ($1, $2, 'adjustment', $3, $4, to_timestamp($5::float8 / 1000)))
     update balances set balance_micros = balance_micros + $3::bigint where bucket = $1 and account_id = $2
     returning balance_micros - held_micros as available`,
    [bucket, id, amountMicros, note, nowMs],
  );
  return BigInt(row!.available);
}
