// Records replies with their consequences: the answered message, the opt-out, cancelled messages of that phone with
// their released hold, and the customer's callbacks. Used by the connectors through the port CarrierReplies. Group
// commit on a dedicated connection: a burst of replies takes no connection from customers.
//
// The carrier gets its answer after the commit. The carrier may repeat a reply whose answer it missed: the same text
// about the same message counts once. A reply of no account is stored for the operator (account 0), and so is a reply
// that is not text or has an unreadable sender.
import type { Account } from '#domain/account/account.ts';
import type { CarrierReply } from '#domain/delivery/connector.ts';
import { foldAddress, repeatWindowMs, replyWindowMs, stopWindowMs } from '#domain/recipients/conversation.ts';
import type { JoinedReply, NewPart } from '#domain/recipients/inbound-part.ts';
import { isStop } from '#domain/recipients/opt-out.ts';
import type { Answered, RecordedReply } from '#domain/recipients/recorded-reply.ts';
import { readReplySourceIn } from '#domain/recipients/reply-source.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { findConversations } from '#store/pipeline/conversations.ts';
import { findKnownReplies, insertReplies, lockPhones, type NewReply } from '#store/pipeline/replies.ts';
import { type AnsweredNumber, findAnsweredNumbers } from '#store/platform/reply-numbers.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';
import { countReplies } from './stage-metrics.ts';

export interface ReplyOptions {
  /** The number that texts name for a STOP. All accounts share it. */
  readonly stopShortCode: string;
  /** Stores parts of long replies and returns the replies that they complete. The phones are locked. */
  readonly joinArrivedParts: (
    query: Query,
    parts: readonly NewPart[],
    nowMs: number,
  ) => Promise<readonly JoinedReply[]>;
  /** Locks the phones of long replies that waited too long, and returns these replies with the parts that arrived. */
  readonly joinOverdue: (
    query: Query,
    nowMs: number,
    limit: number,
  ) => Promise<{ replies: readonly JoinedReply[]; count: number }>;
  /** Stores the consequences of the replies: opt-outs, cancellations, callbacks, notifications. */
  readonly followReplies: (query: Query, recorded: readonly RecordedReply[], nowMs: number) => Promise<void>;
}

export interface ReplyRecorder {
  /** Adds a reply from a connector. `saved` is called once, after the commit (true) or its failure (false). */
  record(connectorId: number, reply: CarrierReply, saved: (ok: boolean) => void): void;
  /** Records long replies with missing parts after their time limit, and deletes parts that are joined. */
  joinOverdue(): Promise<void>;
  stop(): Promise<void>;
}

type Needs = Pick<Context, 'database' | 'clock' | 'log'>;

interface Arrived {
  readonly connectorId: number;
  readonly reply: CarrierReply;
}

/** Replies in one transaction: 500 STOPs take some 100 ms, and a single reply waits for no others. */
const maxBatch = 500;
const overdueAtOnce = 200;

export function createReplyRecorder(
  context: Needs,
  ports: Pick<Ports, 'carrierReplies'>,
  options: ReplyOptions,
): ReplyRecorder {
  const connection = context.database.openPipeline();

  const batcher = createBatcher<Arrived, boolean>({
    maxBatch,
    // One at a time: replies of a phone keep their order, and the database keeps capacity for customers.
    concurrency: 1,
    linger: { burst: 30, lingerMs: 40, minBatch: 250, alwaysLinger: true },
    handler: (batch) => recordAll(batch),
  });

  /** A reply with content that the database refuses does not delay the others of its batch. */
  async function recordAll(batch: readonly Arrived[], isRetry = false): Promise<boolean[]> {
    try {
      countReplies(await inTransaction((query) => recordBatch(query, options, batch, context.clock.now())));
      return batch.map(() => true);
    } catch (error) {
      if (isDeadlock(error) && !isRetry) return recordAll(batch, true);
      const isLone = batch.length === 1;
      if (isLone || !isRefusal(error)) {
        context.log.warn('reply.store_failed', { replies: batch.length, err: (error as Error).message });
        return batch.map(() => false);
      }
      const half = batch.length >> 1;
      return [...(await recordAll(batch.slice(0, half))), ...(await recordAll(batch.slice(half)))];
    }
  }

  function inTransaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return connection.run(async (query) => {
      await query('begin');
      const result = await work(query);
      await query('commit');
      return result;
    });
  }

  const recorder: ReplyRecorder = {
    record(connectorId, reply, saved) {
      batcher.add({ connectorId, reply }, (error, isSaved) => saved(error === null && isSaved === true));
    },
    async joinOverdue() {
      const { database, clock } = context;
      for (;;) {
        const { recorded, count } = await database.transaction(async (query) => {
          const { replies, count } = await options.joinOverdue(query, clock.now(), overdueAtOnce);
          return { recorded: await recordWhole(query, options, replies, clock.now()), count };
        });
        countReplies(recorded);
        if (count < overdueAtOnce) return;
      }
    },
    async stop() {
      await batcher.flush();
      await connection.close();
    },
  };
  ports.carrierReplies.connect(recorder);
  return recorder;
}

/** Classes 22 and 23 (PostgreSQL, appendix A): the fault is in a value or a constraint, not in the server. */
function isRefusal(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: string }).code));
}

function isDeadlock(error: unknown): boolean {
  return (error as { code?: string }).code === '40P01';
}

async function recordBatch(
  query: Query,
  options: ReplyOptions,
  batch: readonly Arrived[],
  nowMs: number,
): Promise<readonly NewReply[]> {
  const numbers = await answeredNumbers(
    query,
    batch.map(({ reply }) => reply.to),
  );
  const whole: JoinedReply[] = [];
  const parts: NewPart[] = [];
  for (const { connectorId, reply } of batch) {
    const { source, to, text, isBinary, place, atMs } = reply;
    const countries = numbers.get(foldAddress(to))?.countries ?? [];
    const sender = { source: source.address, msisdn: readReplySourceIn(source, to, countries) };
    const common = { connectorId, ...sender, recipient: to, text, isBinary };
    if (place === null || place.total === 1)
      whole.push({ ...common, isIncomplete: false, hasBeginning: true, atMs });
    else parts.push({ ...common, ...place, receivedAtMs: atMs });
  }
  await lockPhones(query, [...whole, ...parts].map(phoneOf));
  if (parts.length > 0) whole.push(...(await options.joinArrivedParts(query, parts, nowMs)));
  return recordLocked(query, options, numbers, whole, nowMs);
}

function phoneOf({ msisdn, source }: Pick<JoinedReply, 'msisdn' | 'source'>): string {
  return msisdn === null ? source : String(msisdn);
}

/** The callers of `joinOverdue` have locked the phones. */
async function recordWhole(
  query: Query,
  options: ReplyOptions,
  replies: readonly JoinedReply[],
  nowMs: number,
): Promise<readonly NewReply[]> {
  const numbers = await answeredNumbers(
    query,
    replies.map((reply) => reply.recipient),
  );
  return recordLocked(query, options, numbers, replies, nowMs);
}

async function answeredNumbers(
  query: Query,
  recipients: readonly string[],
): Promise<ReadonlyMap<string, AnsweredNumber>> {
  const digits = [...new Set(recipients.map(foldAddress))];
  if (digits.length === 0) return new Map();
  return new Map((await findAnsweredNumbers(query, digits)).map((number) => [number.number, number]));
}

/** Returns the rows of replies that are not repetitions. */
async function recordLocked(
  query: Query,
  options: ReplyOptions,
  numbers: ReadonlyMap<string, AnsweredNumber>,
  replies: readonly JoinedReply[],
  nowMs: number,
): Promise<readonly NewReply[]> {
  if (replies.length === 0) return [];
  const found = await findAnswered(query, options, numbers, replies, nowMs);
  const fresh = await withoutKnown(
    query,
    replies.map((reply, i) => rowOf(reply, found[i]!)),
    found,
    nowMs,
  );
  if (fresh.length === 0) return [];
  const ids = await insertReplies(
    query,
    fresh.map(({ row }) => row),
  );
  const accounts = new Map<number, Account>();
  const recorded: RecordedReply[] = [];
  for (const [i, { row, answered }] of fresh.entries()) {
    if (answered === null || row.msisdn === null) continue;
    const account = accounts.get(answered.accountId) ?? (await readAccount(query, answered.accountId))!;
    accounts.set(account.id, account);
    recorded.push({ id: ids[i]!, reply: { ...row, msisdn: row.msisdn }, answered, account });
  }
  await options.followReplies(query, recorded, nowMs);
  return fresh.map(({ row }) => row);
}

function rowOf(reply: JoinedReply, answered: Answered | null): NewReply {
  const { connectorId, msisdn, source, recipient, isBinary, isIncomplete, atMs } = reply;
  return {
    bucket: answered?.bucket ?? 0,
    accountId: answered?.accountId ?? 0,
    connectorId,
    msisdn,
    source,
    recipient,
    // PostgreSQL cannot store NUL. A text that is compared with a stored one must not contain it either.
    text: reply.text.replaceAll('\0', ''),
    isOptOut: isOptOut(reply),
    isBinary,
    isIncomplete,
    messageId: answered?.messageId ?? null,
    campaignId: answered?.campaignId ?? null,
    atMs,
  };
}

/** Without its beginning, a text has no first word. */
function isOptOut({ text, isBinary, hasBeginning }: JoinedReply): boolean {
  return !isBinary && hasBeginning && isStop(text);
}

interface Fresh {
  readonly row: NewReply;
  readonly answered: Answered | null;
}

/** Removes replies that the carrier repeats, also within this batch. */
async function withoutKnown(
  query: Query,
  rows: readonly NewReply[],
  found: readonly (Answered | null)[],
  nowMs: number,
): Promise<Fresh[]> {
  const known = await findKnownReplies(query, rows, nowMs - repeatWindowMs);
  const seen = new Set<string>();
  const fresh: Fresh[] = [];
  for (const [i, row] of rows.entries()) {
    const { accountId, msisdn, source, connectorId, recipient, text, messageId } = row;
    const key = JSON.stringify([accountId, msisdn ?? source, connectorId, recipient, text, messageId]);
    if (known.has(i) || seen.has(key)) continue;
    seen.add(key);
    fresh.push({ row, answered: found[i]! });
  }
  return fresh;
}

/**
 * A STOP to the shared number, a reply to a number that a route gives to messages as sender, and a reply whose carrier does not name
 * the number are for the account that wrote last, from any sender. A reply without a conversation is for the account of the number. Null if no account matches.
 */
async function findAnswered(
  query: Query,
  { stopShortCode }: ReplyOptions,
  numbers: ReadonlyMap<string, AnsweredNumber>,
  replies: readonly JoinedReply[],
  nowMs: number,
): Promise<(Answered | null)[]> {
  const shared = foldAddress(stopShortCode);
  const readable = replies.flatMap((reply, position) =>
    reply.msisdn === null || reply.isBinary ? [] : [{ reply, position, msisdn: reply.msisdn }],
  );
  const questions = readable.map(({ reply, msisdn }) => {
    const number = foldAddress(reply.recipient);
    const saysStop = isOptOut(reply);
    const sinceMs = nowMs - (saysStop ? stopWindowMs : replyWindowMs);
    const known = numbers.get(number);
    const isReplacement = known?.isReplacement === true && known.holder === null;
    const isOfAny = number === '' || (saysStop && number === shared) || isReplacement;
    return { msisdn, number: isOfAny ? null : number, sinceMs };
  });
  const conversations = await findConversations(query, questions, nowMs);
  const found: (Answered | null)[] = replies.map(() => null);
  for (const [i, { reply, position }] of readable.entries()) {
    const holder = numbers.get(foldAddress(reply.recipient))?.holder ?? null;
    found[position] =
      conversations[i] ?? (holder && { ...holder, dialect: 'platform', messageId: null, campaignId: null });
  }
  return found;
}
