// The submission of a text that a member writes, before the fields of the page. Used by the handlers that send.
import type { Submission } from '#domain/base/submission.ts';

export const consoleSubmission = {
  dialect: 'console',
  sender: null,
  tier: 'premium',
  purpose: 'transactional',
  stopClause: 'none',
  sendAtMs: null,
  validityMs: null,
  optimizeText: true,
  withReplies: false,
  dryRun: false,
  idempotencyKey: null,
  idempotencyTtlMs: null,
} as const satisfies Partial<Submission>;
