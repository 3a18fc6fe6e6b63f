// The platform with years of messages: campaigns accepted at any time, in any partition, finished or open, and rounds of
// retention at any time. For tests only.
import assert from 'node:assert/strict';
import { horizonAt, type Round } from '../../src/domain/delivery/retention.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { deleteExpired } from '../../src/operations/operator/retention.ts';
import {
  ensurePartitions,
  listPartitions,
  type PartitionedTable,
  partitionSize,
} from '../../src/store/database/partitions.ts';
import { acceptCampaigns, claimIdempotencyKeys } from '../../src/store/pipeline/acceptance.ts';
import { openConversations } from '../../src/store/pipeline/conversations.ts';
import { finishMessages } from '../../src/store/pipeline/messages.ts';
import { aCampaignOf, carriage, costMicros, insertCarrierRefs, nowMs, settle, TestRows } from './rows.ts';

export const dayMs = 86_400_000;
export const receiptWindowMs = 3 * dayMs;
export const keepDays = 100;

export interface Sent {
  readonly campaignId: number;
  readonly ids: readonly number[];
}

export interface Sending {
  /** Days after the first day of the archive. */
  readonly day: number;
  readonly count?: number;
  /** Days later. */
  readonly dueInDays?: number;
  readonly requestId?: string;
  /** It stays in its chunk, without an end. */
  readonly isOpen?: boolean;
  readonly account?: number;
  /** An id that was promised before. */
  readonly campaignId?: number;
}

/** Partitions are counted from the first. */
const firstCampaign = 110_000_000_000;

export class Archive implements AsyncDisposable {
  readonly testRows: TestRows;
  readonly account: number;
  readonly holdsUntil: Round['holdsUntil'] = new Map();
  #message = 1;
  #campaign = firstCampaign;

  private constructor(testRows: TestRows, account: number) {
    this.testRows = testRows;
    this.account = account;
  }

  static async open(): Promise<Archive> {
    const testRows = await TestRows.open();
    return new Archive(testRows, await testRows.anAccount(100_000_000_000n));
  }

  /** One that is cleared when its test ends. */
  static async openFor(test: { after(clear: () => Promise<void>): void }): Promise<Archive> {
    const archive = await Archive.open();
    test.after(() => archive[Symbol.asyncDispose]());
    return archive;
  }

  get query() {
    return this.testRows.query;
  }

  /** From now on ids are of the next partitions. */
  turnPage(): void {
    this.#message = Math.ceil(this.#message / partitionSize) * partitionSize;
    this.#campaign = Math.floor(this.#campaign / partitionSize + 1) * partitionSize;
  }

  promiseCampaign(): number {
    return this.#campaign++;
  }

  at(day: number): number {
    return nowMs + day * dayMs;
  }

  async send({ day, count = 3, dueInDays = 0, requestId, isOpen, ...of }: Sending): Promise<Sent> {
    const { query, database } = this.testRows;
    const account = of.account ?? this.account;
    const campaignId = of.campaignId ?? this.promiseCampaign();
    const firstId = this.#message;
    this.#message += count;
    await ensurePartitions(database, 'message', firstId, firstId + count);
    await ensurePartitions(database, 'campaign', campaignId, campaignId);
    const acceptedMs = this.at(day);
    const dueAtMs = acceptedMs + dueInDays * dayMs;
    const plain = aCampaignOf(account, campaignId, firstId, count);
    const campaign = {
      ...plain,
      messages: plain.messages.map((m) => ({ ...m, dueAtMs, expiresAtMs: dueAtMs + 2 * dayMs })),
      requestId: requestId ?? null,
      dueAtMs,
      lastDueAtMs: dueInDays > 0 ? dueAtMs : null,
    };
    if (requestId !== undefined) {
      const claim = { accountId: account, scope: 0, key: requestId, campaignId, expiresAtMs: null };
      assert.equal((await claimIdempotencyKeys(query, 0, [claim], acceptedMs)).size, 1);
    }
    const chunk = {
      id: firstId,
      messageCount: count,
      priorityClass: 0,
      dueAtMs,
      startTagMs: dueAtMs,
      expiresAtMs: dueAtMs + 2 * dayMs,
      processId: null,
    };
    const paid = await acceptCampaigns(
      query,
      0,
      new Map([[account, campaign.costMicros]]),
      [campaign],
      [chunk],
      acceptedMs,
    );
    assert.ok(paid.has(account));
    await openConversations(query, 0, [{ firstMessageId: firstId, messageCount: count, number: 'chappe' }]);
    const sent = { campaignId, ids: campaign.messages.map((_, i) => firstId + i) };
    if (isOpen !== true) await this.end(sent, dueAtMs, account);
    return sent;
  }

  /** Submitted, charged, delivered and reported. The last of several was refused and released. */
  async end({ ids }: Sent, atMs: number, account = this.account): Promise<void> {
    const { query } = this.testRows;
    const taken = ids.length > 1 ? ids.slice(0, -1) : ids;
    const news = { error: null, connectorId: 1, submittedAtMs: atMs, atMs };
    await insertCarrierRefs(
      query,
      0,
      taken.map((messageId) => ({ messageId, part: 0, connectorId: 1, reference: `r${messageId}`, atMs })),
    );
    await settle(
      query,
      0,
      ids.map((messageId) => ({
        messageId,
        accountId: account,
        costMicros,
        ...(taken.includes(messageId)
          ? ({ kind: 'charge', carriage } as const)
          : ({ kind: 'release', carriage: null } as const)),
      })),
      atMs,
    );
    await finishMessages(
      query,
      0,
      ids.map((messageId) => ({
        ...news,
        messageId,
        deliveredSegments: 1,
        status: taken.includes(messageId) ? ('delivered' as const) : ('rejected' as const),
      })),
      null,
      atMs,
    );
    await query('delete from chunks where id = any($1::bigint[])', [ids]);
    await query(
      `with told as (delete from callbacks where message_ids && $1::bigint[] returning *)
       insert into callback_attempts (bucket, account_id, callback_id, attempt, at, done_ids, failed_ids)
       select bucket, account_id, id, 1, to_timestamp($2::float8 / 1000), message_ids, '{}' from told`,
      [ids, atMs],
    );
  }

  /** One round; answers whether something was left because it was in use. */
  forgetAt(
    day: number,
    options: { keepDays?: number | null; steps?: number; buckets?: readonly number[] } = {},
  ): Promise<boolean> {
    const terms = { keepDays: options.keepDays === undefined ? keepDays : options.keepDays, receiptWindowMs };
    let steps = options.steps ?? Number.POSITIVE_INFINITY;
    return deleteExpired(
      { database: this.testRows.database, log: silentLog },
      {
        ...horizonAt(terms, this.at(day)),
        buckets: options.buckets ?? [0],
        holdsUntil: this.holdsUntil,
        isStopping: () => steps-- <= 0,
      },
    );
  }

  /** Those of these that are still there. */
  async left(sent: Sent): Promise<{ campaign: boolean; messages: number }> {
    const [row] = await this.query<{ campaign: boolean; messages: number }>(
      `select exists (select from campaigns where id = $1) as campaign,
         (select count(*) from messages where id = any($2::bigint[])) as messages`,
      [sent.campaignId, sent.ids],
    );
    return row!;
  }

  async partitions(table: PartitionedTable): Promise<number[]> {
    const first = table === 'campaigns' ? firstCampaign / partitionSize : 0;
    return (await listPartitions(this.query, table)).map((p) => p.first / partitionSize - first);
  }

  async count(table: string, where = 'true'): Promise<number> {
    const [row] = await this.query<{ n: number }>(`select count(*) as n from ${table} where ${where}`);
    return row!.n;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.testRows[Symbol.asyncDispose]();
  }
}

export const all = (count: number) => ({ campaign: true, messages: count });
export const nothing = { campaign: false, messages: 0 };
