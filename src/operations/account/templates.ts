// The templates of an account: written, changed, shown to the operator again. A text that he has approved and that
// changes waits for him anew, where he looks at what customers ask for.
import type { Account } from '#domain/account/account.ts';
import type { ReviewPolicy, ReviewStatus } from '#domain/account/sender.ts';
import type { MessageTemplate, TemplateActivity } from '#domain/campaign/message-template.ts';
import type { Context } from '#pipeline/context.ts';
import { insertTemplate, lockTemplate, replaceTemplate } from '#store/campaigns/message-templates.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface TemplateOrder {
  readonly name: string;
  readonly activity: TemplateActivity;
  readonly message: string;
  readonly description: string;
  readonly reason: string;
}

const firstStatus = (review: ReviewPolicy): ReviewStatus => (review === 'automatic' ? 'enabled' : 'waiting');

/** False when there is one of this name. */
export function createTemplate(
  { database, clock }: Needs,
  account: Account,
  order: TemplateOrder,
  review: ReviewPolicy,
): Promise<boolean> {
  const template = { ...order, status: firstStatus(review) };
  return insertTemplate(database.query, account, template, clock.now());
}

/** What is not named stays as it is. */
export interface TemplateChange {
  readonly name?: string | undefined;
  readonly activity?: TemplateActivity | undefined;
  readonly message?: string | undefined;
  readonly description?: string | undefined;
  /** Switched off, or on again. */
  readonly status?: ReviewStatus | undefined;
}

export type TemplateVerdict = 'done' | 'unknown' | 'not-allowed' | 'name-taken';

export function editTemplate(
  { database, clock }: Needs,
  account: Account,
  name: string,
  change: TemplateChange,
  review: ReviewPolicy,
): Promise<TemplateVerdict> {
  return database.transaction(async (query) => {
    const before = await lockTemplate(query, account, name);
    if (before === null) return 'unknown';
    const status = statusAfter(before, change, review);
    if (status === null) return 'not-allowed';
    const after = { ...before, ...named(change), status, changedAtMs: clock.now() };
    return (await replaceTemplate(query, account, name, after)) ? 'done' : 'name-taken';
  });
}

/** A refused one is shown to the operator again, with another text. */
export function relaunchTemplate(
  { database, clock }: Needs,
  account: Account,
  name: string,
  change: Required<Pick<MessageTemplate, 'message' | 'description'>>,
  review: ReviewPolicy,
): Promise<TemplateVerdict> {
  return database.transaction(async (query) => {
    const before = await lockTemplate(query, account, name);
    if (before === null) return 'unknown';
    if (before.status !== 'refused') return 'not-allowed';
    const after = {
      ...before,
      ...change,
      status: firstStatus(review),
      comment: '',
      changedAtMs: clock.now(),
    };
    return (await replaceTemplate(query, account, name, after)) ? 'done' : 'unknown';
  });
}

/** Null when its owner cannot have this status. */
function statusAfter(
  before: MessageTemplate,
  { message, activity, status = before.status }: TemplateChange,
  review: ReviewPolicy,
): ReviewStatus | null {
  const isSwitch = status !== before.status;
  const mayBeSwitched = [before.status, status].every((s) => s === 'enabled' || s === 'disabled');
  if (isSwitch && !mayBeSwitched) return null;
  const isOther =
    (message ?? before.message) !== before.message || (activity ?? before.activity) !== before.activity;
  return isOther && before.status !== 'refused' ? firstStatus(review) : status;
}

function named<T extends object>(change: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never;
}
