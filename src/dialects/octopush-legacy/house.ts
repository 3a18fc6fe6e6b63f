// What the actions of this dialect have in hand, and what each of them is: a request read, an answer written.

import type { Account } from '#domain/account.ts';
import type { Clock } from '#lib/clock.ts';
import type { Customers } from '../dialect.ts';
import type { Fields } from '../form-fields.ts';
import type { AnswerForm } from './response.ts';

export interface LegacyHouse {
  readonly customers: Customers;
  readonly clock: Clock;
}

export type Action = (
  house: LegacyHouse,
  account: Account,
  fields: Fields,
  form: AnswerForm,
) => Promise<string>;
