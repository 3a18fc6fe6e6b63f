// Campaigns in parts that are confirmed as one: parts are planned and stored, the whole is estimated, then submitted like
// any other, or deleted. Used by the plug-in paths of the legacy dialect.
//
// Promises: a draft is sent once or deleted, never both, whatever the concurrency and after a crash at any point: both
// claim the key of the draft, the sending in the transaction that accepts its campaign.
// Refusals: draft-unknown, draft-already-sent, draft-unfinished, draft-estimating, draft-name-taken, drafts-too-many,
// recipients-too-many, and all refusals of a submission.

import { isDeepStrictEqual } from 'node:util';
import { draftScope } from '#domain/acceptance/idempotency.ts';
import type { Account } from '#domain/account/account.ts';
import { type Refusal, RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import { asPart, type DraftPart, isOneCampaign, joinParts } from '#domain/campaign/draft.ts';
import {
  draftBeingBuilt,
  draftComplete,
  draftSent,
  draftUnfinished,
  noDraftOfBatch,
  partsDiffer,
  tooManyDrafts,
  tooManyRecipients,
} from '#domain/campaign/draft-refusals.ts';
import type { FailedRecipient, SubmissionReport } from '#domain/plan/plan.ts';
import { readRecipient } from '#domain/plan/read-recipient.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import { dayMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context, ProcessContext } from '#pipeline/context.ts';
import {
  claimEstimate,
  countOpenDrafts,
  type Draft,
  type DraftKey,
  deleteDraft,
  deleteOldDrafts,
  endDraft,
  finishDraft,
  insertDraft,
  insertPart,
  listParts,
  lockDraft,
  readDraft,
  readPart,
  saveEstimate,
} from '#store/campaigns/drafts.ts';
import type { Query } from '#store/database/database.ts';
import { claimIdempotencyKeys } from '#store/pipeline/acceptance.ts';

/** A shop's whole list of customers. It is planned together when it is confirmed. */
const maxDraftRecipients = 50_000;
const maxOpenDrafts = 50;
const draftLifeMs = 30 * dayMs;
/**
 * An estimate of a fenced process is free immediately. The time-out exists in addition, because no loop finds the estimate
 * of a live process that failed: until then the customer must ask again, and a second estimate costs only its time.
 */
const estimateLifeMs = 60_000;

type Submit = (account: Account, submission: Submission) => Promise<SubmissionReport>;

export interface AcceptedRecipient {
  /** As sent. */
  readonly number: string;
  readonly segments: number;
  readonly costMicros: bigint;
}

/** The result of a part: each number, as received, in one of the two lists. */
export interface JudgedPart {
  /** Null for a part that was only tried. */
  readonly campaignId: number | null;
  readonly costMicros: bigint;
  readonly accepted: readonly AcceptedRecipient[];
  readonly failures: readonly FailedRecipient[];
}

interface Drafts {
  /** Plans a part and stores it. A part that repeats the previous one, as after a lost answer, is stored once. */
  addPart(account: Account, name: string, submission: Submission, isFinished: boolean): Promise<JudgedPart>;
  /** The current price of the whole, in micros. */
  estimate(account: Account, name: string): Promise<bigint>;
  /** Null: at the time in the parts. */
  send(account: Account, name: string, sendAtMs: number | null): Promise<SubmissionReport>;
  drop(account: Account, name: string): Promise<void>;
}

export type CampaignDrafts = Guarded<Drafts>;

export function createCampaignDrafts(
  context: Pick<ProcessContext, 'database' | 'clock' | 'ids' | 'processId'>,
  { submit }: { readonly submit: Submit },
): CampaignDrafts {
  return guard<Drafts>(createDrafts(context, context.processId, submit), {
    addPart: 'drafts.write',
    estimate: 'drafts.write',
    send: 'drafts.write',
    drop: 'drafts.write',
  });
}

function createDrafts(
  context: Pick<Context, 'database' | 'clock' | 'ids'>,
  processId: number,
  submit: Submit,
): Drafts {
  const { database, clock, ids } = context;

  return {
    async addPart(account, name, submission, isFinished) {
      const key = keyOf(account, name);
      const part = asPart({ ...submission, idempotencyKey: null, dryRun: false });
      await database.transaction((query) => refusePart(query, key, part));
      const judged = await judge(submit, account, submission);
      if (submission.dryRun) return judged;
      const newId = await ids.take('campaign', 1);
      const nowMs = clock.now();
      const campaignId = await database.transaction(async (query) => {
        await deleteOldDrafts(query, account, nowMs - draftLifeMs);
        if ((await readDraft(query, key)) === null) {
          if ((await countOpenDrafts(query, account)) >= maxOpenDrafts) throw tooManyDrafts(maxOpenDrafts);
          await insertDraft(query, key, newId, nowMs);
        }
        // Locked before the second plan: another part may have been added.
        const draft = (await lockDraft(query, key))!;
        const isRepeated = await refusePart(query, key, part);
        if (!isRepeated) await insertPart(query, key, draft, part);
        if (isFinished) await finishDraft(query, key);
        return draft.campaignId;
      });
      return { ...judged, campaignId };
    },

    async estimate(account, name) {
      const key = keyOf(account, name);
      const draft = ready(await readDraft(database.query, key));
      if (draft.costMicros !== null) return draft.costMicros;
      const nowMs = clock.now();
      if (!(await claimEstimate(database.query, key, processId, nowMs + estimateLifeMs, nowMs)))
        throw draftBeingBuilt();
      let costMicros: bigint | null = null;
      try {
        const whole = await readWhole(database.query, key, draft);
        costMicros = (await submit(account, { ...whole, dryRun: true })).plan.costMicros;
        return costMicros;
      } finally {
        await saveEstimate(database.query, key, draft.campaignId, processId, costMicros);
      }
    },

    async send(account, name, sendAtMs) {
      const key = keyOf(account, name);
      const draft = ready(await readDraft(database.query, key));
      const whole = await readWhole(database.query, key, draft);
      try {
        const report = await submit(account, {
          ...whole,
          sendAtMs: sendAtMs ?? whole.sendAtMs,
          draftId: draft.campaignId,
        });
        await database.transaction((query) => endDraft(query, key, draft.campaignId, clock.now()));
        return report;
      } catch (error) {
        // The key is claimed: by a sending, or by a deletion.
        if (error instanceof RefusedError && error.refusal.reason === 'draft-already-sent')
          ready(await readDraft(database.query, key));
        throw error;
      }
    },

    async drop(account, name) {
      const key = keyOf(account, name);
      await database.transaction(async (query) => {
        const draft = known(await lockDraft(query, key));
        const { campaignId } = draft;
        const nowMs = clock.now();
        const claim = {
          accountId: account.id,
          scope: draftScope,
          key: String(campaignId),
          campaignId,
          // A sending that read the draft before has ended by then, and no other will find it.
          expiresAtMs: nowMs + draftLifeMs,
        };
        // A sending in progress holds the key until its commit: this statement waits for it.
        const claimed = await claimIdempotencyKeys(query, account.bucket, [claim], nowMs);
        if (!claimed.has(campaignId)) throw draftSent();
        await deleteDraft(query, key, campaignId);
      });
    },
  };
}

async function readWhole(query: Query, key: DraftKey, draft: Draft): Promise<Submission> {
  const whole = joinParts(await listParts(query, key.bucket, draft.campaignId));
  if (whole !== null) return whole;
  // Its parts were deleted after it was read: the draft was deleted or sent.
  known(await readDraft(query, key));
  throw draftSent();
}

/** Plans a part without storing it. */
async function judge(submit: Submit, account: Account, submission: Submission): Promise<JudgedPart> {
  try {
    const { plan } = await submit(account, { ...submission, idempotencyKey: null, dryRun: true });
    const messages = new Map(plan.messages.map((message) => [message.number, message]));
    const failed = new Set(plan.failures.map(({ number }) => number));
    const accepted: AcceptedRecipient[] = [];
    for (const number of new Set(submission.recipients.map((recipient) => recipient.number))) {
      if (failed.has(number)) continue;
      const message = messages.get(number);
      // A number in two notations is sent once, and both are returned: plug-ins wait for every line that they sent.
      accepted.push({
        number,
        segments: message?.segments ?? 0,
        costMicros: message?.costMicros ?? 0n,
      });
    }
    return { campaignId: null, costMicros: plan.costMicros, accepted, failures: plan.failures };
  } catch (error) {
    if (!isOfRecipients(error)) throw error;
    const failures = failAll(submission, account.settings.defaultCountry, error.refusal);
    return { campaignId: null, costMicros: 0n, accepted: [], failures };
  }
}

function failAll(submission: Submission, country: string | null, refusal: Refusal): FailedRecipient[] {
  return submission.recipients.map((recipient) => {
    const read = readRecipient(recipient, submission, country);
    return { number: recipient.number, refusal: read.ok ? refusal : read.refusal };
  });
}

/** Refuses a part that cannot join its draft in this state; true if it repeats the last one. */
async function refusePart(query: Query, key: DraftKey, part: DraftPart): Promise<boolean> {
  const draft = await readDraft(query, key);
  if (draft === null || draft.parts === 0) return refuseSize(part.recipients.length);
  if (!draft.isSent) {
    const last = await readPart(query, key.bucket, draft.campaignId, draft.parts);
    if (last !== null && isOneCampaign(last, part) && isDeepStrictEqual(last.recipients, part.recipients))
      return true;
  }
  if (draft.isSent || draft.isFinished) throw draftComplete();
  const first = await readPart(query, key.bucket, draft.campaignId, 1);
  if (first === null || !isOneCampaign(first, part)) throw partsDiffer();
  return refuseSize(draft.recipients + part.recipients.length);
}

function refuseSize(recipients: number): false {
  if (recipients <= maxDraftRecipients) return false;
  throw tooManyRecipients(maxDraftRecipients);
}

function keyOf(account: Account, name: string): DraftKey {
  return { bucket: account.bucket, accountId: account.id, name };
}

function known(draft: Draft | null): Draft {
  if (draft === null) throw noDraftOfBatch();
  return draft;
}

/** A draft that can be sent now. */
function ready(found: Draft | null): Draft {
  const draft = known(found);
  if (draft.isSent) throw draftSent();
  if (!draft.isFinished) throw draftUnfinished();
  return draft;
}
