// The capabilities of every dialect, one row each. Used by main, which passes them to the stages, and by the families for
// their limits. Sources: docs/dialects/octopush.md#the-stop-mention, docs/dialects/ovh.md#sending.

import type {
  CapabilitiesByDialect,
  DialectCapabilities,
  StopClauseForm,
} from '#domain/base/dialect-capabilities.ts';

const anyForm: readonly StopClauseForm[] = ['code', 'no-pub', 'bare'];

/** Dialects of this platform: every form is accepted. */
const own = {
  stopClauseForms: { premium: anyForm, low_cost: anyForm },
  addedStopClause: 'code',
  reportsSkippedRecipients: false,
  refusesLinksWithReplies: false,
  callbackDialect: 'octopush-rest',
  maxSegments: 8,
  maxMergeValueLength: 50,
} as const satisfies DialectCapabilities;

const octopushLegacy = {
  // Quirk: the legacy API accepts the premium clause in one form only (legacy manual S2).
  stopClauseForms: { premium: ['placeholder'], low_cost: ['no-pub'] },
  addedStopClause: 'bare',
  reportsSkippedRecipients: false,
  refusesLinksWithReplies: false,
  callbackDialect: 'octopush-legacy',
  maxSegments: 3,
  maxMergeValueLength: 30,
} as const satisfies DialectCapabilities;

const ovh = {
  stopClauseForms: { premium: anyForm, low_cost: anyForm },
  addedStopClause: 'bare',
  reportsSkippedRecipients: false,
  refusesLinksWithReplies: true,
  callbackDialect: 'ovh',
  // OVH's documents say 6 and 255 (docs/dialects/ovh.md#where-the-documents-contradict-each-other); the row of a message
  // can hold the state of 30.
  maxSegments: 30,
  maxMergeValueLength: 1600,
} as const satisfies DialectCapabilities;

export const capabilities = {
  'octopush-legacy': octopushLegacy,
  // A mail contains a legacy request (docs/dialects/octopush.md#mail-to-sms).
  smtp: octopushLegacy,
  'octopush-rest': {
    stopClauseForms: { premium: ['code'], low_cost: ['code', 'no-pub'] },
    addedStopClause: 'bare',
    reportsSkippedRecipients: true,
    refusesLinksWithReplies: false,
    callbackDialect: 'octopush-rest',
    maxSegments: 8,
    maxMergeValueLength: 50,
  },
  ovh,
  http2sms: ovh,
  // A text in 30 parts: a message_payload, or parts that the customer cut (docs/dialects/smpp.md#long-texts).
  smpp: { ...own, addedStopClause: 'bare', callbackDialect: 'smpp', maxSegments: 30 },
  // A member sees the whole text of each recipient before it is sent.
  console: { ...own, maxMergeValueLength: 1600 },
  cli: own,
  // Notifications of the platform, and replies to a number of an account that answer no message: pushed in OVH's form, because
  // only OVH's dialect has numbers of an account.
  platform: { ...own, addedStopClause: 'bare', callbackDialect: 'ovh', maxSegments: 10 },
} as const satisfies CapabilitiesByDialect;
