// Callbacks of an account for its members: settings, signing key, a test, the log of attempts, replay. Used by the console.
// Refusals: option-invalid for an address that must not be called.
import type { Account } from '#domain/account/account.ts';
import type { CallbacksChange } from '#domain/account/callback-urls.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type {
  AttemptResult,
  Callback,
  CallbackKind,
  CallbackTransports,
  HttpCallback,
} from '#domain/delivery/callback.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { lockAccount, updateSettings } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { enqueueCallbacks } from '#store/pipeline/callbacks.ts';
import {
  type AttemptFilter,
  type LoggedAttempt,
  listAttemptPage,
  listGivenUpMessages,
  listMessagesToReplay,
  type PendingSummary,
  type ReplayedMessage,
  readAttemptMessages,
  readNextAttempt,
  summarizePending,
} from '#store/pipeline/delivery-log.ts';

export type ReplayOrder =
  | { readonly attemptId: number }
  | { readonly messageId: number }
  | { readonly sinceMs: number };

interface CallbackDelivery {
  /** Newest first. */
  readonly attempts: readonly LoggedAttempt[];
  readonly messages: readonly ReplayedMessage[];
  readonly nextAttemptAtMs: number | null;
}

/** The dialects whose callbacks are HTTP requests of a form of their own. */
type TestedDialect = Extract<DialectName, 'octopush-legacy' | 'octopush-rest' | 'ovh'>;

interface CallbackTest {
  /** As it was sent. */
  readonly request: HttpCallback;
  readonly isSigned: boolean;
  readonly result: AttemptResult;
}

export interface Callbacks {
  /**
   * Pushes an example to the address of this kind, in this dialect, signed as the others. Null: no address is set, or the dialect has
   * no such callback.
   */
  test(access: AccountAccess, kind: CallbackKind, dialect: TestedDialect): Promise<CallbackTest | null>;
  /** At most 1,000 pending callbacks are counted. */
  readPending(access: AccountAccess): Promise<PendingSummary>;
  update(access: AccountAccess, change: CallbacksChange): Promise<void>;
  /** A new key for the signature header, which replaces the former. */
  renewSigningKey(access: AccountAccess): Promise<string>;
  /** Newest first. */
  listAttempts(
    access: AccountAccess,
    filter: AttemptFilter,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<readonly LoggedAttempt[]>;
  /** Null: the account has no attempt of this callback. */
  read(access: AccountAccess, callbackId: number): Promise<CallbackDelivery | null>;
  /** The number of messages that `replay` of this instant would push again, at most 10,000. */
  countGivenUp(access: AccountAccess, sinceMs: number): Promise<number>;
  /** Pushes receipts again, as they are now. Returns the number of messages. */
  replay(access: AccountAccess, order: ReplayOrder): Promise<number>;
}

export interface CallbacksNeeds {
  /** `also` runs in the transaction of the change. */
  readonly edit: (
    account: Account,
    change: CallbacksChange,
    also: (query: Query) => Promise<void>,
  ) => Promise<void>;
  /** Never rejects. */
  readonly send: CallbackTransports['http'];
}

const mostPending = 1000;
const mostReplayed = 10_000;
/** Messages of one pending callback: as many as one transaction of receipts finishes at most. */
const messagesPerCallback = 500;
const mostAttempts = 200;

export function createCallbacks(
  { database, clock, channels }: Pick<Context, 'database' | 'clock' | 'channels'>,
  { edit, send }: CallbacksNeeds,
): Callbacks {
  const { query } = database;

  async function messagesOf(account: Account, order: ReplayOrder): Promise<readonly number[]> {
    if ('sinceMs' in order) return listGivenUpMessages(query, account, order.sinceMs, mostReplayed);
    if ('messageId' in order) return [order.messageId];
    return (await readAttemptMessages(query, account, order.attemptId)) ?? [];
  }

  return {
    readPending: async (access) => summarizePending(query, authorize(access, 'callbacks.read'), mostPending),
    async update(access, change) {
      const account = authorize(access, 'callbacks.write');
      const after = { changed: Object.keys(change) };
      const entry = { action: 'callbacks.changed', target: account.serviceName, after };
      await edit(account, change, (own) => auditChange(own, access, entry, clock.now()));
    },
    async test(access, kind, dialect) {
      const account = authorize(access, 'callbacks.replay');
      const channel = channels.get(dialect);
      const callback = exampleOf(kind, clock.now());
      const address = channel?.addressOf(account, callback) ?? null;
      const request = address === null ? null : (channel?.prepare(account, callback) ?? null);
      if (address === null || request?.kind !== 'http') return null;
      const { signingKey, customerUrls } = account.settings.callbacks;
      await auditChange(query, access, { action: 'callbacks.tested', target: kind }, clock.now());
      const result = await send(request, { signingKey, isGuarded: customerUrls.includes(address) });
      return { request, isSigned: signingKey !== null, result };
    },
    async renewSigningKey(access) {
      const account = authorize(access, 'callbacks.write');
      const signingKey = randomToken(40);
      await database.transaction(async (own) => {
        const { callbacks } = (await lockAccount(own, account.id))!.settings;
        await updateSettings(own, account.id, { callbacks: { ...callbacks, signingKey } });
        const entry = { action: 'signing-key.renewed', target: account.serviceName };
        await auditChange(own, access, entry, clock.now());
        await notify(own, 'accounts');
      });
      return signingKey;
    },
    listAttempts: async (access, filter, page) =>
      listAttemptPage(query, authorize(access, 'callbacks.read'), filter, page),
    async read(access, callbackId) {
      const account = authorize(access, 'callbacks.read');
      const filter = { result: null, from: null, to: null, messageId: null, callbackId };
      const page = { beforeId: Number.MAX_SAFE_INTEGER, limit: mostAttempts };
      const attempts = await listAttemptPage(query, account, filter, page);
      const nextAttemptAtMs = await readNextAttempt(query, account, callbackId);
      const first = attempts.at(-1);
      if (first === undefined) return null;
      const ids = (await readAttemptMessages(query, account, first.id)) ?? [];
      return {
        attempts,
        nextAttemptAtMs,
        messages: await listMessagesToReplay(query, account, ids.slice(0, 100)),
      };
    },
    async countGivenUp(access, sinceMs) {
      const account = authorize(access, 'callbacks.read');
      return (await listGivenUpMessages(query, account, sinceMs, mostReplayed)).length;
    },
    async replay(access, order) {
      const account = authorize(access, 'callbacks.replay');
      const messages = await listMessagesToReplay(query, account, await messagesOf(account, order));
      if (messages.length === 0) return 0;
      await database.transaction(async (own) => {
        await enqueueCallbacks(own, account.bucket, receiptsOf(account, messages), clock.now());
        const entry = { action: 'callbacks.replayed', target: `${messages.length} messages` };
        await auditChange(own, access, entry, clock.now());
        await notify(own, 'callbacks');
      });
      return messages.length;
    },
  };
}

/** A number that no operator gives out (ARCEP, reserved for fiction), and ids that no message has. */
const exampleNumber = 33_639_980_001;

function exampleOf(kind: CallbackKind, nowMs: number): Callback {
  const facts = {
    ...{ tag: 'test', userId: null, wasTaken: true, returnPath: null },
    ...{ textStart: 'Test', acceptedAtMs: nowMs },
  };
  const common = { campaignId: 0, messageId: 0, msisdn: exampleNumber, atMs: nowMs, facts };
  if (kind === 'receipt')
    return { ...common, kind, listName: null, status: 'delivered', error: null, costMicros: 50_000n };
  return { ...common, kind, replyId: 0, to: '36105', text: kind === 'opt-out' ? 'STOP' : 'Test' };
}

/** One pending callback for each dialect and 500 messages. */
function receiptsOf({ id: accountId }: Account, messages: readonly ReplayedMessage[]) {
  return [...Map.groupBy(messages, ({ dialect }) => dialect)].flatMap(([dialect, ofDialect]) =>
    Array.from({ length: Math.ceil(ofDialect.length / messagesPerCallback) }, (_, part) => ({
      accountId,
      kind: 'receipt' as const,
      dialect,
      messageIds: ofDialect
        .slice(part * messagesPerCallback, (part + 1) * messagesPerCallback)
        .map(({ id }) => id),
    })),
  );
}
