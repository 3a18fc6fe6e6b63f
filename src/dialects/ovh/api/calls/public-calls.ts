// Answers calls that need no signature. Used by call-table.ts.
import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';

export const openAnswers: Answers = {
  // A bare number: clients subtract from the raw body (docs/dialects/ovh.md#keys-and-signatures).
  'GET /auth/time': answer(({ services }) => Math.floor(services.clock.now() / 1000)),
};
