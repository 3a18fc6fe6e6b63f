// Transfers credit from an account to one of its sub-accounts, in two steps: a token, then the transfer. While a token is
// open its account has no other and starts no campaign. Used by both Octopush dialects, in euro micros.
//
// Promises: both entries or none; never more than the available credit; a token is valid for one transfer.
// Refusals of the first step: feature-unavailable, transfer-recipient-invalid, transfer-recipient-foreign,
// transfer-recipient-blocked, transfer-already-open. Of the second: transfer-token-wrong, transfer-recipient-foreign,
// transfer-recipient-blocked, transfer-too-small, refusals of the amount, credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import { noSuchSubAccount } from '#domain/account/account-refusals.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import {
  recipientBlocked,
  recipientUnnamed,
  tokenOfAnotherRecipient,
  tokenWrong,
  transferAlreadyOpen,
  transferBySubAccount,
  transferTooSmall,
  transferUnaffordable,
} from '#domain/money/transfer-refusals.ts';
import { hashSecret, randomHex } from '#lib/security/secrets.ts';
import { isEmail } from '#lib/text/email.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { findAccount, readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { closeTransfer, giveCredit, lockTransfer, openTransfer, takeCredit } from '#store/money/transfers.ts';

export interface Transfers {
  /** The first step. Returns a token of 32 hexadecimal digits in capitals. */
  open(access: AccountAccess, recipientEmail: string): Promise<string>;
  /** The second step. A correct token is used up, whatever the result. */
  transfer(access: AccountAccess, order: TransferOrder): Promise<CreditTransfer>;
}

export function createTransfers(context: Pick<Context, 'database' | 'clock'>): Transfers {
  return {
    open: async (access, recipientEmail) =>
      openCreditTransfer(context, authorize(access, 'credit.move'), recipientEmail),
    transfer: async (access, order) =>
      transferCredit(context, authorize(access, 'credit.move'), order, (query, recipient, amountMicros) =>
        auditChange(
          query,
          access,
          {
            action: 'credit.moved',
            target: recipient.serviceName,
            after: { amountMicros: String(amountMicros) },
          },
          context.clock.now(),
        ),
      ),
  };
}

/** Records a transfer in its transaction. */
type RecordTransfer = (query: Query, recipient: Account, amountMicros: bigint) => Promise<void>;

/** Clients make both steps together. An abandoned token must not block the account's campaigns for long. */
const tokenLifeMs = 5 * 60_000;

/** The first step. The token has 32 hexadecimal digits in capitals. */
export async function openCreditTransfer(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  recipientEmail: string,
): Promise<string> {
  if (account.parentId !== null) throw transferBySubAccount();
  const { query } = context.database;
  const recipient = await findRecipient(context, account, recipientEmail);
  const nowMs = context.clock.now();
  const token = randomHex(16);
  const isOpen = await openTransfer(
    query,
    account,
    { tokenSha256: hashSecret(token), recipientId: recipient.id, untilMs: nowMs + tokenLifeMs },
    nowMs,
  );
  if (!isOpen) throw transferAlreadyOpen(tokenLifeMs / 60_000);
  return token;
}

export interface TransferOrder {
  readonly token: string;
  /** In micros. Called after the token was verified; can throw a refusal. */
  readonly amount: () => bigint;
  /** Null: the recipient of the token. Any other recipient is refused. */
  readonly recipientEmail: string | null;
}

/** Available credit of both accounts afterwards. */
export interface CreditTransfer {
  readonly recipient: Account;
  readonly availableMicros: bigint;
  readonly recipientAvailableMicros: bigint;
}

/** The second step. A correct token is used up, whatever the result: clients begin again with the first step. */
export async function transferCredit(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  order: TransferOrder,
  record: RecordTransfer = async () => {},
): Promise<CreditTransfer> {
  const nowMs = context.clock.now();
  const answer = await context.database.transaction(async (query) => {
    const open = await lockTransfer(query, account, nowMs);
    if (open === null || !open.tokenSha256.equals(hashSecret(order.token))) return tokenWrong();
    await closeTransfer(query, account);
    const recipient = await readAccount(query, open.recipientId);
    if (recipient === null || !isMeant(recipient, account, order.recipientEmail))
      return tokenOfAnotherRecipient();
    if (recipient.status !== 'active') return recipientBlocked();
    const amountMicros = amountOf(order);
    if (amountMicros instanceof RefusedError) return amountMicros;
    const left = await takeCredit(query, account, amountMicros, `to ${recipient.serviceName}`, nowMs);
    if (left === null) return transferUnaffordable();
    const from = `from ${account.serviceName}`;
    const has = await giveCredit(query, recipient, amountMicros, from, nowMs);
    await record(query, recipient, amountMicros);
    return { recipient, availableMicros: left, recipientAvailableMicros: has };
  });
  // Thrown after the commit, which keeps the token closed.
  if (answer instanceof RefusedError) throw answer;
  return answer;
}

function amountOf({ amount }: TransferOrder): bigint | RefusedError {
  try {
    const micros = amount();
    return micros > 0n ? micros : transferTooSmall();
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
}

function isMeant(recipient: Account, account: Account, email: string | null): boolean {
  if (recipient.parentId !== account.id) return false;
  return email === null || recipient.email.toLowerCase() === email.trim().toLowerCase();
}

async function findRecipient(
  context: Pick<Context, 'database'>,
  account: Account,
  written: string,
): Promise<Account> {
  const email = written.trim();
  if (!isEmail(email) || email.toLowerCase() === account.email.toLowerCase()) throw recipientUnnamed();
  const recipient = await findAccount(context.database.query, email);
  if (recipient?.parentId !== account.id) throw noSuchSubAccount();
  if (recipient.status !== 'active') throw recipientBlocked();
  return recipient;
}
