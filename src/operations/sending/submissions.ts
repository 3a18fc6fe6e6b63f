// Submissions of an account: plans, prices, holds credit and stores, as one operation. Used by every dialect.
// Refusals: permission-missing, and those of planCampaign and of credit.
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { JoinSubmittedParts, NewPart } from '#pipeline/join-submitted-parts.ts';

export interface Submissions {
  /** Resolves after the commit. */
  submit(access: AccountAccess, submission: Submission): Promise<SubmissionReport>;
  /** Stores a part of a text that the customer cut. Resolves after the commit, with the id of the part. */
  submitPart(access: AccountAccess, part: NewPart): Promise<number>;
}

export interface SubmissionNeeds {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  readonly joinParts: Pick<JoinSubmittedParts, 'add'>;
}

export function createSubmissions({ submit, joinParts }: SubmissionNeeds): Submissions {
  return {
    submit: (access, submission) => submit(authorize(access, 'submissions.send'), submission),
    async submitPart(access, part) {
      const account = authorize(access, 'submissions.send');
      return joinParts.add(account, part);
    },
  };
}
