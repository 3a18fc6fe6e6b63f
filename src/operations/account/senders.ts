// The senders of an account: asked for, looked at by the operator where he wants to, switched off and on. A long number
// is not enabled before whoever has it has shown the code that was sent to it, where the operator looks at senders.
import type { Account } from '#domain/account/account.ts';
import {
  availableSenders,
  type ReviewPolicy,
  type ReviewStatus,
  readSenderName,
  type Sender,
  type SenderName,
} from '#domain/account/sender.ts';
import { hashCode, isSameHash, newSalt, randomWord } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteSender,
  findSender,
  insertSender,
  takeCodeTry,
  updateSender,
} from '#store/accounts/senders.ts';
import type { Query } from '#store/database/database.ts';
import { isNumberOfOurs, isOwnNumber } from '#store/platform/reply-numbers.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface SenderOrder {
  readonly sender: SenderName;
  readonly description: string;
  readonly reason: string;
}

/** Sends a code to a number; what it throws ends the request for the sender. */
export type SendCode = (number: string, code: string) => Promise<void>;

const codeLength = 6;
const codeTries = 5;

/**
 * Null when the account has it already, or it is one of the operator's numbers, which only he gives away. `customer` is
 * who has the account.
 */
export async function askSender(
  { database, clock }: Needs,
  { account, customer }: { readonly account: Account; readonly customer: Account },
  { sender, description, reason }: SenderOrder,
  review: ReviewPolicy,
  sendCode: SendCode,
): Promise<Sender | null> {
  const { query } = database;
  if (sender.type !== 'alpha' && (await isNumberOfOurs(query, digitsOf(sender.name)))) return null;
  const known = availableSenders(customer).find(({ name }) => name === sender.name);
  const isEnabled = review === 'automatic' || known !== undefined;
  const code = !isEnabled && sender.type === 'numeric' ? randomWord('0123456789', codeLength) : null;
  const salt = newSalt();
  const isNew = await insertSender(
    query,
    account,
    {
      ...sender,
      referer: known?.referer ?? 'custom',
      status: isEnabled ? 'enabled' : 'waiting',
      description,
      reason,
      code: code === null ? null : { salt, hash: await hashCode(code, salt) },
      codeTries,
    },
    clock.now(),
  );
  if (!isNew) return null;
  if (code !== null) await sendOrForget(query, account, () => sendCode(sender.name, code), sender.name);
  return findSender(query, account, sender.name);
}

async function sendOrForget(
  query: Query,
  account: Account,
  send: () => Promise<void>,
  name: string,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    await deleteSender(query, account, name);
    throw error;
  }
}

export type SenderVerdict = 'enabled' | 'wrong-code' | 'no-code' | 'unknown';

/** What the customer read on the telephone of the number. */
export async function confirmSender(
  { database }: Needs,
  account: Account,
  name: string,
  code: string,
): Promise<SenderVerdict> {
  const { query } = database;
  if ((await findSender(query, account, name)) === null) return 'unknown';
  const known = await takeCodeTry(query, account, name);
  if (known === null) return 'no-code';
  if (!isSameHash(await hashCode(code.trim(), known.salt), known.hash)) return 'wrong-code';
  const isDone = await updateSender(query, account, name, { status: 'enabled' }, ['waiting']);
  return isDone ? 'enabled' : 'unknown';
}

/** Its owner may switch it off, and on again when it was enabled before. */
const switches: Partial<Record<ReviewStatus, readonly ReviewStatus[]>> = {
  enabled: ['enabled', 'disabled'],
  disabled: ['enabled', 'disabled'],
};

export async function editSender(
  { database }: Needs,
  account: Account,
  name: string,
  change: { readonly description?: string | undefined; readonly status?: ReviewStatus | undefined },
): Promise<'done' | 'not-allowed' | 'unknown'> {
  const { query } = database;
  const sender = await findSender(query, account, name);
  if (sender === null) return 'unknown';
  // What is sent back as it was read says nothing.
  const status = change.status === sender.status ? undefined : change.status;
  const from = status === undefined ? [sender.status] : (switches[status] ?? []);
  const { description } = change;
  return (await updateSender(query, account, name, { description, status }, from)) ? 'done' : 'not-allowed';
}

/** What a sender is to an account. */
export type SenderStatus = 'name' | 'own-number' | 'not-enabled' | 'unknown';

/** Of a sender as a customer wrote it: names are compared exactly, numbers as numbers. */
export async function senderStatusOf(
  { database: { query } }: Pick<Context, 'database'>,
  account: Account,
  written: string,
): Promise<SenderStatus> {
  const read = readSenderName(written);
  if (read === null) return 'unknown';
  const sender = await findSender(query, account, read.name);
  if (read.type !== 'alpha' && (await isOwnNumber(query, account.id, digitsOf(read.name))))
    return 'own-number';
  if (sender === null) return 'unknown';
  return sender.status === 'enabled' ? 'name' : 'not-enabled';
}

const digitsOf = (number: string) => number.replace('+', '');
