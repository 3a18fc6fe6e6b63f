// Accepts a customer's submission: plans it, adds it to a batch that accept-batch.ts stores, and returns after the commit.
// Used by the service `submissions`, by drafts, batches and contact-list campaigns.
//
// Refusals: those of planCampaign, request-already-seen, draft-already-sent, credit-insufficient and those of outOfCredit.

import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import { idempotencyKeyOf } from '#domain/acceptance/idempotency.ts';
import { repeatedRequest } from '#domain/acceptance/idempotency-refusals.ts';
import type { Account } from '#domain/account/account.ts';
import type { CapabilitiesByDialect } from '#domain/base/dialect-capabilities.ts';
import { FairOrder } from '#domain/base/priority-classes.ts';
import type { Submission } from '#domain/base/submission.ts';
import { quotaExceeded } from '#domain/money/credit-refusals.ts';
import { type Plan, type PlanFacts, planCampaign, type SubmissionReport } from '#domain/plan/plan.ts';
import { planRefused } from '#domain/plan/plan-refusals.ts';
import { readRecipients } from '#domain/plan/read-recipient.ts';
import { asksOptOuts } from '#domain/plan/recipient-refusals.ts';
import { chooseReplyNumber, type ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { type Batcher, createBatcher } from '#lib/async/batcher.ts';
import type { Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import { findCampaignOfKey } from '#store/pipeline/acceptance.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';
import { type AcceptRequest, type AcceptResult, type AcceptStage, acceptRequests } from './accept-batch.ts';
import type { Context } from './context.ts';
import { creditRefusalOf } from './credit-refusal.ts';
import type { Ports } from './ports.ts';
import { traceAcceptance } from './stage-traces.ts';

/** The facts for submissions of an account, read anew for each. */
export type PlatformFacts = (accountId: number) => Omit<PlanFacts, AccountFacts> & {
  readonly replyNumbers: readonly ReplyNumber[];
  readonly dialects: CapabilitiesByDialect;
};
type AccountFacts = 'capabilities' | 'settings' | 'isOptedOut' | 'replyNumber' | 'nowMs';

export interface SubmitCampaign {
  (account: Account, submission: Submission): Promise<SubmissionReport>;
  /** Waits for the submissions in progress, then closes the connections. */
  stop(): Promise<void>;
}

/** PostgreSQL plans the second batch while the first waits for fsync. */
const concurrency = 2;
/** Messages in a batch. */
const maxBatch = 1000;

const noIds: ReadonlySet<number> = new Set();

interface Stage {
  readonly context: Context;
  readonly facts: PlatformFacts;
  readonly batcher: Batcher<AcceptRequest, AcceptResult>;
}

export function createSubmitCampaign(
  context: Context,
  facts: PlatformFacts,
  ports: Pick<Ports, 'acceptedChunks' | 'notices'>,
): SubmitCampaign {
  const connections = Array.from({ length: concurrency }, () => context.database.openPipeline());
  const acceptStage: AcceptStage = { context, ports, order: new FairOrder() };
  const batcher: Stage['batcher'] = createBatcher({
    maxBatch,
    concurrency,
    linger: { burst: 16, lingerMs: 6, minBatch: 100 },
    weigh: (request) => request.plan.messages.length,
    handler: (requests, slot) => acceptRequests(acceptStage, connections[slot]!, requests),
  });
  const stage: Stage = { context, facts, batcher };
  const submit = (account: Account, submission: Submission) => submitCampaign(stage, account, submission);
  return Object.assign(submit, {
    async stop() {
      await batcher.flush();
      await Promise.all(connections.map((connection) => connection.close()));
    },
  });
}

async function submitCampaign(
  stage: Stage,
  account: Account,
  submission: Submission,
): Promise<SubmissionReport> {
  const { context, batcher } = stage;
  const { query } = context.database;
  const nowMs = context.clock.now();
  const plan = await planSubmission(stage, account, submission, nowMs);
  if (submission.dryRun) return reportDryRun(query, account, plan, nowMs);
  const result = await batcher.add({ account, submission, plan });
  if (result instanceof Error) throw result;
  if (result === 'request-already-seen')
    throw repeatedRequest(submission, await findCampaignOfKey(query, account, idempotencyKeyOf(submission)!));
  if (result === 'quota-insufficient') throw quotaExceeded();
  if (result === 'credit-insufficient') throw await creditRefusalOf(query, account, nowMs);
  traceAcceptance(() => ({
    ...{ campaignId: result.campaignId, accountId: account.id, dialect: submission.dialect },
    messageIds: messageIdsOf(plan, result.firstMessageId),
    ...{ startMs: nowMs, endMs: context.clock.now() },
  }));
  return { ...result, plan, acceptedAtMs: nowMs };
}

async function reportDryRun(
  query: Query,
  account: Account,
  plan: Plan,
  nowMs: number,
): Promise<SubmissionReport> {
  const { availableMicros } = await readBalance(query, account);
  return { campaignId: null, firstMessageId: null, plan, availableMicros, acceptedAtMs: nowMs };
}

/** Gathers the facts and plans the submission, or throws its refusal. */
async function planSubmission(
  { context, facts }: Stage,
  account: Account,
  submission: Submission,
  nowMs: number,
): Promise<Plan> {
  const { query } = context.database;
  const { settings } = account;
  const recipients = readRecipients(submission, settings.defaultCountry);
  const msisdns = () => recipients.flatMap((recipient) => (recipient.ok ? [recipient.msisdn] : []));
  const optedOut = asksOptOuts(submission, settings) ? await findOptOuts(query, account, msisdns()) : noIds;
  const { replyNumbers, dialects, ...others } = facts(account.id);
  const planned = planCampaign(submission, recipients, {
    ...others,
    capabilities: dialects[submission.dialect],
    replyNumber: (countries) => chooseReplyNumber(replyNumbers, countries, account.id),
    settings,
    isOptedOut: (msisdn) => optedOut.has(msisdn),
    nowMs,
  });
  if ('plan' in planned) return planned.plan;
  throw planRefused(planned.refusal);
}
