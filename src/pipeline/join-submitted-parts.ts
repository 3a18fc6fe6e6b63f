// Accepts the parts of a long text that a customer cut: each is stored and answered at once, and the last one submits the whole
// as one campaign, at one price. Used by the service `submittedParts`. Parts arrive in any order, over any connection and in
// any process. The campaign has the id of its first part, which is claimed once: it exists once, whatever is killed.
//
// A text whose parts do not all arrive within five minutes is sent with those that did. A refusal of the whole is the answer
// to its last part, and a receipt for the others.

import { joinSubmission, joinSubmittedWithinMs, placePart } from '#domain/acceptance/submitted-part.ts';
import type { Account } from '#domain/account/account.ts';
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import { createBatcher } from '#lib/async/batcher.ts';
import { hashSecretHex } from '#lib/security/secrets.ts';
import { notify } from '#store/database/notices.ts';
import { enqueueCallbacks, type NewCallback } from '#store/pipeline/callbacks.ts';
import {
  findOverdueTexts,
  insertSubmittedParts,
  type ListedPart,
  listSubmittedParts,
  lockTexts,
  markSubmittedPartsJoined,
  type NewSubmittedPart,
  type TextKey,
} from '#store/pipeline/submitted-parts.ts';
import type { ProcessContext } from './context.ts';

export interface NewPart {
  readonly place: PartPlace;
  /** The request with the text of the part. */
  readonly submission: Submission;
}

export interface JoinSubmittedParts {
  /** Returns the id of the part after its commit. Refuses with the refusal of the whole text if the part completes it. */
  add(account: Account, part: NewPart): Promise<number>;
  /** Submits texts that waited too long for a part. */
  joinOverdue(): Promise<void>;
  stop(): Promise<void>;
}

export interface JoinOptions {
  readonly submit: (account: Account, submission: Submission) => Promise<unknown>;
}

type Needs = Pick<ProcessContext, 'database' | 'clock' | 'ids' | 'log' | 'buckets' | 'accounts'>;

interface Arrival {
  readonly account: Account;
  readonly part: NewSubmittedPart;
}

interface Stored {
  readonly id: number;
  /** Parts of each text to submit now. */
  readonly texts: readonly (readonly ListedPart[])[];
}

/** Time in which a part with the same text is a repetition. */
const rememberMs = 15 * 60_000;
const maxBatch = 200;
const overdueAtOnce = 200;

export function createJoinSubmittedParts(context: Needs, { submit }: JoinOptions): JoinSubmittedParts {
  const { database, clock, ids } = context;
  const connection = database.openPipeline();
  let isStopped = false;
  const batcher = createBatcher<Arrival, Stored>({
    maxBatch,
    concurrency: 1,
    linger: { burst: 16, lingerMs: 6, minBatch: 100 },
    async handler(arrivals) {
      const stored = new Map<Arrival, Stored>();
      for (const [bucket, ofBucket] of Map.groupBy(arrivals, ({ account }) => account.bucket))
        for (const [arrival, result] of await storeParts(bucket, ofBucket)) stored.set(arrival, result);
      return arrivals.map((arrival) => stored.get(arrival)!);
    },
  });

  function storeParts(bucket: number, arrivals: readonly Arrival[]): Promise<Map<Arrival, Stored>> {
    return connection.run(async (query) => {
      await query('begin');
      await lockTexts(
        query,
        arrivals.map(({ part }) => keyOf(part)),
      );
      const keys = arrivals.map(({ part }) => part);
      const known = Map.groupBy(
        await listSubmittedParts(query, bucket, keys, clock.now() - rememberMs),
        keyOf,
      );
      const added: NewSubmittedPart[] = [];
      const results = new Map<Arrival, Stored>();
      for (const arrival of arrivals) results.set(arrival, placeArrival(known, added, arrival.part));
      if (added.length > 0) await insertSubmittedParts(query, bucket, added);
      await query('commit');
      return results;
    });
  }

  /** Submits one text. Parts other than `answeredId` learn a refusal by a receipt. */
  async function submitText(
    account: Account,
    parts: readonly ListedPart[],
    answeredId: number | null,
  ): Promise<void> {
    const whole = joinSubmission(parts);
    const campaignId = whole.draftId!;
    const partIds = parts.map(({ id }) => id);
    try {
      await submit(account, whole);
    } catch (error) {
      const reason = error instanceof RefusedError ? error.refusal.reason : null;
      // A fault: the parts stay, and are submitted again when they are overdue.
      if (reason === null) throw error;
      // Another process has submitted the same text.
      if (reason === 'draft-already-sent' || reason === 'request-already-seen')
        return markSubmittedPartsJoined(database.query, account, partIds, campaignId);
      await refuseText(account, parts, campaignId, { reason, answeredId });
      if (answeredId !== null) throw error;
      return;
    }
    await markSubmittedPartsJoined(database.query, account, partIds, campaignId);
  }

  function refuseText(
    account: Account,
    parts: readonly ListedPart[],
    campaignId: number,
    { reason, answeredId }: { readonly reason: RefusalReason; readonly answeredId: number | null },
  ): Promise<void> {
    return database.transaction(async (query) => {
      const told = parts.filter(
        ({ id, submission }) => id !== answeredId && submission.returnPath !== undefined,
      );
      const callbacks = told.map(({ id, submission }) => refusedCallback(account, id, submission, reason));
      const partIds = parts.map(({ id }) => id);
      await markSubmittedPartsJoined(query, account, partIds, campaignId);
      if (callbacks.length === 0) return;
      await enqueueCallbacks(query, account.bucket, callbacks, clock.now());
      await notify(query, 'callbacks');
    });
  }

  async function joinOverdueOf(bucket: number, key: TextKey): Promise<void> {
    const account = await context.accounts.byId(key.accountId);
    const beforeMs = clock.now() - joinSubmittedWithinMs;
    const listed = await listSubmittedParts(database.query, bucket, [key], clock.now());
    const waiting = listed.filter(({ isJoined }) => !isJoined);
    if (account === null || waiting.length === 0 || waiting.some((part) => part.receivedAtMs > beforeMs))
      return;
    await submitText(account, waiting, null);
  }

  return {
    async add(account, { place, submission }) {
      const id = await ids.take('campaign', 1);
      const part: NewSubmittedPart = {
        ...place,
        id,
        accountId: account.id,
        source: submission.sender ?? '',
        recipient: submission.recipients.map(({ number }) => number).join(','),
        textHash: hashSecretHex(submission.text),
        submission,
        receivedAtMs: clock.now(),
      };
      const stored = await batcher.add({ account, part });
      for (const parts of stored.texts) {
        const isOwn = parts.some((known) => known.id === stored.id);
        await submitText(account, parts, isOwn ? stored.id : null);
      }
      return stored.id;
    },
    async joinOverdue() {
      if (isStopped) return;
      for (const bucket of context.buckets()) {
        const beforeMs = clock.now() - joinSubmittedWithinMs;
        for (const key of await findOverdueTexts(database.query, bucket, beforeMs, overdueAtOnce))
          await joinOverdueOf(bucket, key);
      }
    },
    async stop() {
      isStopped = true;
      await batcher.flush();
      await connection.close();
    },
  };
}

/** Places a part among the known ones of its text and adds it to them. */
function placeArrival(
  known: Map<string, ListedPart[]>,
  added: NewSubmittedPart[],
  part: NewSubmittedPart,
): Stored {
  const key = keyOf(part);
  const ofText = known.get(key) ?? [];
  known.set(key, ofText);
  const { id, isNew, complete } = placePart(ofText, part);
  if (isNew) {
    added.push(part);
    ofText.push({ ...part, isJoined: false });
  }
  const texts = complete.map((partIds) => ofText.filter((one) => partIds.includes(one.id)));
  for (const submitted of texts.flat()) ofText[ofText.indexOf(submitted)] = { ...submitted, isJoined: true };
  return { id, texts };
}

function keyOf({ accountId, source, recipient, reference, total }: TextKey): string {
  return JSON.stringify([accountId, source, recipient, reference, total]);
}

/** Reported like a recipient that was skipped. */
function refusedCallback(
  account: Account,
  partId: number,
  submission: Submission,
  reason: RefusalReason,
): NewCallback {
  return {
    accountId: account.id,
    kind: 'skipped',
    dialect: submission.dialect,
    campaignId: partId,
    writtenNumber: submission.recipients[0]!.number,
    reason,
  };
}
