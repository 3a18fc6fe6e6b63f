import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, defaultSettings } from '#domain/account/account.ts';
import type { Purpose } from '#domain/base/campaign.ts';
import { FairOrder, maxChunkSize, priorityClasses } from '#domain/base/priority-classes.ts';
import type { PlannedMessage } from '#domain/plan/plan.ts';
import { messageIdsOf, type Submitted, splitIntoChunks } from './chunking.ts';

const nowMs = 1_000_000;
let nextCampaign = 1;

function submitted(options: {
  count: number;
  purpose?: Purpose;
  dueAtMs?: (i: number) => number;
  text?: string;
  chars?: 137 | 153;
}): Submitted {
  const { count, purpose = 'transactional', dueAtMs = () => nowMs, text = 'Hello', chars = 153 } = options;
  const messages = Array.from(
    { length: count },
    (_, i): PlannedMessage => ({
      number: `+3360000${i}`,
      msisdn: 33600000000 + i,
      country: 'FR',
      text: null,
      encoding: 'gsm7',
      segments: 1,
      costMicros: 50_000n,
      dueAtMs: dueAtMs(i),
      expiresAtMs: dueAtMs(i) + 1000,
    }),
  );
  return {
    account: {
      id: 1,
      bucket: 0,
      settings: { ...defaultSettings, concatenatedCharsPerPart: chars },
    } as Account,
    submission: {
      dialect: 'cli',
      purpose,
      tier: 'premium',
      withReplies: false,
      idempotencyKey: null,
    } as never,
    plan: {
      text,
      sender: null,
      messages,
      failures: [],
      reportsFailures: false,
      duplicates: 0,
      costMicros: 0n,
      segments: count,
      dueAtMs: nowMs,
      optimizedChars: 0,
      notes: [],
      review: null,
    },
    campaignId: nextCampaign++,
  };
}

test('ids are consecutive in a batch and in each campaign', () => {
  const batch = [
    submitted({ count: 1 }),
    submitted({ count: 30 }),
    submitted({ count: 1, purpose: 'marketing' }),
  ];
  const { campaigns, chunks } = splitIntoChunks(batch, 100, new FairOrder(), nowMs);
  const ids = chunks.flatMap((chunk) => chunk.messages.map((m) => m.id));
  assert.deepEqual(
    ids,
    Array.from({ length: 32 }, (_, i) => 100 + i),
  );
  for (const campaign of campaigns) assert.ok(campaign.firstMessageId >= 100);
  assert.deepEqual(
    chunks.map((chunk) => [chunk.id, chunk.priorityClass, chunk.messages.length]),
    [
      [100, priorityClasses.transactional, 1],
      [101, priorityClasses.transactionalBulk, 30],
      [131, priorityClasses.marketing, 1],
    ],
  );
});

test('single messages of several campaigns share a chunk of their priority class', () => {
  const batch = Array.from({ length: 40 }, () => submitted({ count: 1 }));
  const { chunks } = splitIntoChunks(batch, 1, new FairOrder(), nowMs);
  assert.deepEqual(
    chunks.map((chunk) => chunk.messages.length),
    [40],
  );
});

test('a large campaign is split, and no chunk has two due times', () => {
  const { chunks, campaigns } = splitIntoChunks(
    [submitted({ count: 1200, purpose: 'marketing', dueAtMs: (i) => (i % 2 === 0 ? nowMs : nowMs + 5000) })],
    1,
    new FairOrder(),
    nowMs,
  );
  assert.deepEqual(
    chunks.map((chunk) => [chunk.dueAtMs - nowMs, chunk.messages.length]),
    [
      [0, maxChunkSize],
      [0, 100],
      [5000, maxChunkSize],
      [5000, 100],
    ],
  );
  assert.equal(campaigns[0]!.messages.length, 1200);
  assert.equal(chunks.at(-1)!.expiresAtMs, nowMs + 6000);
});

test('a text priced in parts of 137 characters is split into parts of the network', () => {
  const text = 'x'.repeat(300);
  const { chunks } = splitIntoChunks([submitted({ count: 1, text, chars: 137 })], 1, new FairOrder(), nowMs);
  assert.equal(chunks[0]!.messages[0]!.segments, 2);
});

test('messageIdsOf gives the ids that the messages of a plan get, whatever their due times', () => {
  const order = [5, 0, 3, 3, 0, 9, 1];
  const one = submitted({ count: order.length, dueAtMs: (i) => nowMs + order[i]! * 1000 });
  const { campaigns } = splitIntoChunks([one], 700, new FairOrder(), nowMs);
  const { messages, firstMessageId, lastDueAtMs } = campaigns[0]!;
  const idOf = new Map(messages.map(({ msisdn }, i) => [msisdn, firstMessageId + i]));
  assert.deepEqual(
    messageIdsOf(one.plan, firstMessageId),
    one.plan.messages.map(({ msisdn }) => idOf.get(msisdn)),
  );
  assert.equal(lastDueAtMs, nowMs + 9000);
  assert.equal(
    splitIntoChunks([submitted({ count: 2 })], 1, new FairOrder(), nowMs).campaigns[0]!.lastDueAtMs,
    null,
  );
});
