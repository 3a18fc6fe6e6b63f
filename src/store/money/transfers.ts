// Transfers of credit between accounts: the open transfer of each account, stored with its balance, and the two entries
// that complete it. Used by transfers and by sub-accounts; the callers run the steps in one transaction.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { bytes, instant, int4, micros, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface OpenTransfer {
  readonly tokenSha256: Buffer;
  readonly recipientId: number;
  readonly untilMs: number;
}

const open = statement('open_transfer', {
  params: { ...accountParams, tokenSha256: bytes, recipientId: int4, untilMs: instant, now: instant },
  row: { accountId: int4 },
  text: (p) => `
update balances set transfer_token = ${p.tokenSha256}, transfer_to = ${p.recipientId}, transfer_until = ${p.untilMs}
where bucket = ${p.bucket} and account_id = ${p.accountId} and (transfer_until > ${p.now}) is not true
returning account_id as "accountId"`,
});

/** False if the account has an open transfer. */
export async function openTransfer(
  query: Query,
  account: AccountKey,
  transfer: OpenTransfer,
  nowMs: number,
): Promise<boolean> {
  return (await open.find(query, { ...valuesOf(account), ...transfer, now: nowMs })) !== null;
}

const findOpen = statement('find_open_transfer', {
  params: { ...accountParams, now: instant },
  row: { recipientId: int4 },
  text: (p) => `
select transfer_to as "recipientId" from balances
where bucket = ${p.bucket} and account_id = ${p.accountId} and transfer_until > ${p.now}`,
});

/** Whether a campaign has to wait for the end of a transfer. */
export async function isTransferOpen(query: Query, account: AccountKey, nowMs: number): Promise<boolean> {
  return (await findOpen.find(query, { ...valuesOf(account), now: nowMs })) !== null;
}

const lock = statement('lock_transfer', {
  params: { ...accountParams, now: instant },
  row: { tokenSha256: bytes, recipientId: int4, untilMs: instant },
  text: (p) => `
select transfer_token as "tokenSha256", transfer_to as "recipientId", transfer_until as "untilMs" from balances
where bucket = ${p.bucket} and account_id = ${p.accountId} and transfer_until > ${p.now}
for update`,
});

/** The open transfer of an account; null if there is none. Locks the balance until the end of the transaction. */
export function lockTransfer(query: Query, account: AccountKey, nowMs: number): Promise<OpenTransfer | null> {
  return lock.find(query, { ...valuesOf(account), now: nowMs });
}

const close = statement('close_transfer', {
  params: accountParams,
  text: (p) => `
update balances set transfer_token = null, transfer_to = null, transfer_until = null
where bucket = ${p.bucket} and account_id = ${p.accountId}`,
});

export async function closeTransfer(query: Query, account: AccountKey): Promise<void> {
  await close.run(query, valuesOf(account));
}

const lockBalance = statement('lock_balance', {
  params: accountParams,
  text: (p) => `select from balances where bucket = ${p.bucket} and account_id = ${p.accountId} for update`,
});

/** Locks the balances of these accounts, in the order in which acceptance locks them. */
export async function lockBalances(query: Query, accounts: readonly AccountKey[]): Promise<void> {
  for (const account of accounts.toSorted((a, b) => a.bucket - b.bucket || a.id - b.id))
    await lockBalance.run(query, valuesOf(account));
}

const take = statement('take_credit', {
  params: { ...accountParams, amountMicros: micros, note: text, now: instant },
  row: { availableMicros: micros },
  text: (p) => `
with taken as (
  update balances set balance_micros = balance_micros - ${p.amountMicros}
  where bucket = ${p.bucket} and account_id = ${p.accountId} and balance_micros - held_micros >= ${p.amountMicros}
  returning account_id, balance_micros - held_micros as available
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'adjustment', -${p.amountMicros}, ${p.note}, ${p.now} from taken
)
select available as "availableMicros" from taken`,
});

/**
 * Takes an amount from the available credit and returns the rest; null, and nothing is taken, if it is too small. The
 * condition and the change are one statement, so that concurrent calls cannot overdraw the account.
 */
export async function takeCredit(
  query: Query,
  account: AccountKey,
  amountMicros: bigint,
  note: string,
  nowMs: number,
): Promise<bigint | null> {
  const row = await take.find(query, { ...valuesOf(account), amountMicros, note, now: nowMs });
  return row?.availableMicros ?? null;
}

const give = statement('give_credit', {
  params: { ...accountParams, amountMicros: micros, note: text, now: instant },
  row: { availableMicros: micros },
  text: (p) => `
with entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  values (${p.bucket}, ${p.accountId}, 'adjustment', ${p.amountMicros}, ${p.note}, ${p.now})
)
update balances set balance_micros = balance_micros + ${p.amountMicros}
where bucket = ${p.bucket} and account_id = ${p.accountId}
returning balance_micros - held_micros as "availableMicros"`,
});

/** Adds an amount and returns the available credit. */
export async function giveCredit(
  query: Query,
  account: AccountKey,
  amountMicros: bigint,
  note: string,
  nowMs: number,
): Promise<bigint> {
  return (await give.find(query, { ...valuesOf(account), amountMicros, note, now: nowMs }))!.availableMicros;
}
