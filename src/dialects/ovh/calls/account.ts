// The accounts of a customer: which there are.
import { type Answers, answer } from '../call.ts';

export const accountAnswers: Answers = {
  'GET /sms': answer(async ({ house, customer }) =>
    (await house.desks.accounts.listOf(customer)).map((account) => account.serviceName),
  ),
};
