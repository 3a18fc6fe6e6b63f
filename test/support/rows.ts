// Rows as the platform writes them, for tests of the store: an account, and campaigns of as many messages as wanted.
// For tests only.

import assert from 'node:assert/strict';
import { submissionDefaults } from '#domain/base/submission.ts';
import type { AcceptedCampaign } from '../../src/domain/acceptance/chunking.ts';
import { defaultSettings } from '../../src/domain/account/account.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { insertAccount } from '../../src/store/accounts/accounts.ts';
import { type Database, openDatabase, type Query } from '../../src/store/database/database.ts';
import { createIds, type Ids } from '../../src/store/database/ids.ts';
import { insertTopUp } from '../../src/store/money/ledger.ts';
import { acceptCampaigns } from '../../src/store/pipeline/acceptance.ts';
import { type NewCarrierRef, type Settlement, storeOutcomes } from '../../src/store/pipeline/outcomes.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';

export const nowMs = Date.UTC(2026, 10, 18, 9);
export const costMicros = 50_000n;
/** A message of one segment that carrier 1 took for an unknown price. */
export const carriage = {
  connectorId: 1,
  country: 'FR',
  segments: 1,
  tier: 'premium',
  segmentCostMicros: null,
} as const;

/** A submission with defaults; its dialect and its recipients are missing. */
export const plainOrder = {
  ...submissionDefaults,
  purpose: 'transactional',
  stopClause: 'none',
  text: 'Hello',
  sender: 'Chappe',
} as const;

export class TestRows implements AsyncDisposable {
  readonly database: Database;
  readonly testDatabase: TestDatabase;
  readonly ids: Ids;
  #accounts = 0;

  private constructor(testDatabase: TestDatabase) {
    this.testDatabase = testDatabase;
    this.database = openDatabase(testDatabase.connection, silentLog, 5);
    this.ids = createIds(this.database, () => nowMs);
  }

  static async open(): Promise<TestRows> {
    return new TestRows(await openTestDatabase());
  }

  /** One that is cleared when its test ends. */
  static async openFor(test: { after(clear: () => Promise<void>): void }): Promise<TestRows> {
    const rows = await TestRows.open();
    test.after(() => rows[Symbol.asyncDispose]());
    return rows;
  }

  get query(): Query {
    return this.database.query;
  }

  /** Wants callbacks; its id. */
  async anAccount(creditMicros = 1_000_000_000n): Promise<number> {
    const email = `account${++this.#accounts}@example.com`;
    const callbacks = { ...defaultSettings.callbacks, receiptUrl: 'http://customer.example/receipts' };
    const account = await insertAccount(
      this.query,
      { bucket: 0, email, name: email, serviceName: `sms-${this.#accounts}`, settings: { callbacks } },
      nowMs,
    );
    assert.ok(account);
    await insertTopUp(this.query, account, { kind: 'top_up', amountMicros: creditMicros, note: null }, nowMs);
    return account.id;
  }

  /** One campaign in one chunk, due now and of no process or of `processId`; returns the ids of its messages. */
  async aCampaign(
    accountId: number,
    count: number,
    options: { processId?: number | null; firstId?: number; query?: Query } = {},
  ): Promise<number[]> {
    const firstId = options.firstId ?? (await this.ids.take('message', count));
    const campaign = aCampaignOf(accountId, await this.ids.take('campaign', 1), firstId, count);
    const chunk = {
      id: firstId,
      messageCount: count,
      priorityClass: 0,
      dueAtMs: nowMs,
      startTagMs: nowMs,
      expiresAtMs: nowMs + 86_400_000,
      processId: options.processId ?? null,
    };
    const paid = await acceptCampaigns(
      options.query ?? this.query,
      0,
      new Map([[accountId, campaign.costMicros]]),
      [campaign],
      [chunk],
      nowMs,
    );
    assert.ok(paid.has(accountId), 'the account can pay');
    return campaign.messages.map((_, i) => firstId + i);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.close();
    await this.testDatabase.drop();
  }
}

/** Each call is a process of its own, so that open transactions of a test do not wait for each other. */
let processes = 0;

/** Carrier references as a process stores them with its outcomes. */
export function insertCarrierRefs(
  query: Query,
  bucket: number,
  references: readonly NewCarrierRef[],
): Promise<void> {
  const batch = { processId: ++processes, number: 1, references, settlements: [], chunkIds: [] };
  return storeOutcomes(query, bucket, batch, nowMs);
}

/** Charges and releases as a process stores them with its outcomes. */
export function settle(
  query: Query,
  bucket: number,
  settlements: readonly Settlement[],
  atMs: number,
): Promise<void> {
  const batch = { processId: ++processes, number: 1, references: [], settlements, chunkIds: [] };
  return storeOutcomes(query, bucket, batch, atMs);
}

export function aCampaignOf(accountId: number, id: number, firstId: number, count: number): AcceptedCampaign {
  const messages = Array.from({ length: count }, (_, i) => ({
    number: `+3360000${i}`,
    msisdn: 33600000000 + i,
    country: 'FR',
    text: null,
    encoding: 'gsm7' as const,
    segments: 1,
    costMicros,
    dueAtMs: nowMs,
    expiresAtMs: nowMs + 86_400_000,
  }));
  return {
    id,
    accountId,
    dialect: 'octopush-rest',
    text: 'Hello',
    sender: 'Chappe',
    purpose: 'transactional',
    tier: 'premium',
    withReplies: false,
    messageClass: null,
    label: null,
    firstMessageId: firstId,
    messages,
    segments: count,
    costMicros: costMicros * BigInt(count),
    requestId: null,
    failures: [],
    dueAtMs: nowMs,
    lastDueAtMs: null,
    notes: [],
    returnPath: null,
  };
}
