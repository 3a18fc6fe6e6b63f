// Submissions without an access value, for the OVH families until they use the services of operations/services.ts.

import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';

export interface Customers {
  /** Plans, prices, reserves credit and stores. Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
}
