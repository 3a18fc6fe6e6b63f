// Submissions of an account: plans, prices, holds credit and stores, as one operation. Used by every dialect.
// Refusals: permission-missing, and those of planCampaign and of credit.
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';

export interface Submissions {
  /** Resolves after the commit. */
  submit(access: AccountAccess, submission: Submission): Promise<SubmissionReport>;
}

export interface SubmissionNeeds {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
}

export function createSubmissions({ submit }: SubmissionNeeds): Submissions {
  return {
    submit: (access, submission) => submit(authorize(access, 'submissions.send'), submission),
  };
}
