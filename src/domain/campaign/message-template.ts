// Message templates: texts that a customer registers for approval before use, as some countries demand. #VALUE# marks a
// variable part. Used by the OVH dialect and the store.
import type { ReviewStatus } from '#domain/account/sender.ts';

export const templateActivities = ['alerting', 'authentication', 'transactional'] as const;
export type TemplateActivity = (typeof templateActivities)[number];

export interface MessageTemplate {
  readonly name: string;
  readonly activity: TemplateActivity;
  readonly message: string;
  readonly description: string;
  readonly status: ReviewStatus;
  /** Comment of the operator; empty: none. */
  readonly comment: string;
  readonly changedAtMs: number;
}
