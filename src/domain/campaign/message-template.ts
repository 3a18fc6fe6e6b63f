// Texts that a customer has approved before he sends them, as some countries ask for; #VALUE# stands for what differs.
import type { ReviewStatus } from '#domain/account/sender.ts';

export const templateActivities = ['alerting', 'authentication', 'transactional'] as const;
export type TemplateActivity = (typeof templateActivities)[number];

export interface MessageTemplate {
  readonly name: string;
  readonly activity: TemplateActivity;
  readonly message: string;
  readonly description: string;
  readonly status: ReviewStatus;
  /** The operator's word on it; empty: none. */
  readonly comment: string;
  readonly changedAtMs: number;
}
