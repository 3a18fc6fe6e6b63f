// The services of the legacy dialect, and the type of a call: from a read request to a written answer. Used by routes.ts.

import type { Fields } from '#dialects/shared/form-fields.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Services } from '#operations/services.ts';
import type { AnswerForm } from './response.ts';

export interface LegacyServices
  extends Pick<
    Services,
    | 'accounts'
    | 'campaignDrafts'
    | 'credentials'
    | 'credit'
    | 'news'
    | 'subAccounts'
    | 'submissions'
    | 'transfers'
  > {
  readonly clock: Clock;
}

export type Action = (
  services: LegacyServices,
  access: AccountAccess,
  fields: Fields,
  form: AnswerForm,
) => Promise<string>;
