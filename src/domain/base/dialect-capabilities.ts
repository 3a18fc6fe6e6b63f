// Differences between dialects that rules depend on: one row for each dialect. Used by the plan and the stages; the rows are
// in src/dialects/capabilities.ts. Rules read the row of a submission and never the name of its dialect.

import type { DialectName } from './submission.ts';

/**
 * `placeholder`: STOP au XXXXX, literally. `code`: STOP au or to, with a code. `no-pub`: no PUB=STOP. `bare`: STOP 36180.
 */
export type StopClauseForm = 'placeholder' | 'code' | 'no-pub' | 'bare';

export interface DialectCapabilities {
  /** Forms that a marketing text may have. The world tier needs none. */
  readonly stopClauseForms: Readonly<Record<'premium' | 'low_cost', readonly StopClauseForm[]>>;
  /** The form that is appended on request. */
  readonly addedStopClause: 'code' | 'bare';
  /** Callbacks report skipped recipients: the answer has no field for them. */
  readonly reportsSkippedRecipients: boolean;
  /** A text with a web address is refused if the message can be answered. */
  readonly refusesLinksWithReplies: boolean;
  /** The dialect whose callback format is used. */
  readonly callbackDialect: DialectName;
  /** Segments of one text, after merging. */
  readonly maxSegments: number;
  /** Maximum length of a merge value in characters. */
  readonly maxMergeValueLength: number;
}

export type CapabilitiesByDialect = Readonly<Record<DialectName, DialectCapabilities>>;
