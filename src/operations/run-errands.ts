// What the platform sends of itself on behalf of accounts leaves: an SMS as a submission like any other, paid by the
// account; a mail through the relay. Run by a loop, in any number of processes.
//
// Promises: an SMS is sent once, whoever dies meanwhile (its errand is its idempotency key); a mail at least once. What
// cannot be done now is tried again for a day.
import type { Account } from '#domain/account.ts';
import { RefusedError } from '#domain/refusals.ts';
import type { Submission } from '#domain/submission.ts';
import { readAccount } from '#store/accounts.ts';
import { claimErrands, deleteErrand, type StoredErrand, saveErrandError } from '#store/errands.ts';
import type { Context } from './context.ts';

export interface ErrandOptions {
  readonly submit: (account: Account, submission: Submission) => Promise<unknown>;
  /** What went wrong, in words; null when the mail left. */
  readonly mail: (to: string, subject: string, text: string) => Promise<string | null>;
}

const retryMs = 5 * 60_000;
const giveUpMs = 24 * 3_600_000;
const claimLimit = 50;

/** Answers how many there were. */
export async function runErrands(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  options: ErrandOptions,
): Promise<number> {
  const { database, clock, log } = context;
  const nowMs = clock.now();
  const due = await claimErrands(database.query, nowMs, nowMs + retryMs, claimLimit);
  for (const stored of due) {
    const error = await run(context, options, stored);
    const isOver = nowMs - stored.createdAtMs > giveUpMs;
    if (error !== null && !isOver) await saveErrandError(database.query, stored, error);
    else await deleteErrand(database.query, stored);
    if (error !== null && isOver)
      log.warn(
        { account: stored.accountId, errand: stored.id, err: error },
        'an answer or an alert was given up',
      );
  }
  return due.length;
}

/** What went wrong, in words; null when it is done. */
async function run(
  { database }: Pick<Context, 'database'>,
  { submit, mail }: ErrandOptions,
  { id, accountId, errand }: StoredErrand,
): Promise<string | null> {
  if (errand.media === 'mail') return mail(errand.recipient, errand.subject, errand.text);
  const account = await readAccount(database.query, accountId);
  if (account?.status !== 'active') return 'the account is not active';
  try {
    await submit(account, {
      ...terms,
      text: errand.text,
      recipients: [{ number: errand.recipient }],
      sender: errand.sender,
      idempotencyKey: `errand ${id}`,
    });
    return null;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { reason, detail } = error.refusal;
    return reason === 'request-already-seen' ? null : (detail ?? reason);
  }
}

/** Nobody asked for it by a dialect; it is told in none but OVH's, where it is set up. */
const terms = {
  dialect: 'ovh',
  tier: 'premium',
  purpose: 'transactional',
  stopClause: 'none',
  sendAtMs: null,
  validityMs: null,
  withReplies: false,
  dryRun: false,
  idempotencyTtlMs: null,
  optimizeText: false,
  maxSegments: 10,
  maxMergeValueLength: 0,
} as const satisfies Partial<Submission>;
