// The services of the legacy dialect, and the type of a call: from a read request to a written answer. Used by routes.ts.

import type { Customers } from '#dialects/shared/dialect.ts';
import type { Fields } from '#dialects/shared/form-fields.ts';
import type { Account } from '#domain/account/account.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { AnswerForm } from './response.ts';

export interface LegacyServices {
  readonly customers: Customers;
  readonly clock: Clock;
}

export type Action = (
  services: LegacyServices,
  account: Account,
  fields: Fields,
  form: AnswerForm,
) => Promise<string>;
