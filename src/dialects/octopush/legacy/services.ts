// What the actions of this dialect have in hand, and what each of them is: a request read, an answer written.

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
