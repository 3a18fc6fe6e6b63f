// The templates of an account: created, changed, submitted for review again. With reviews, a changed text of an approved
// template waits for the operator again.
import type { Account } from '#domain/account/account.ts';
import type { ReviewPolicy, ReviewStatus } from '#domain/account/sender.ts';
import type { MessageTemplate, TemplateActivity } from '#domain/campaign/message-template.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteTemplate,
  findTemplate,
  insertTemplate,
  listTemplateNames,
  lockTemplate,
  replaceTemplate,
} from '#store/campaigns/message-templates.ts';
import type { Query } from '#store/database/database.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface TemplateOrder {
  readonly name: string;
  readonly activity: TemplateActivity;
  readonly message: string;
  readonly description: string;
  readonly reason: string;
}

export interface Templates {
  list(access: AccountAccess): Promise<readonly string[]>;
  read(access: AccountAccess, name: string): Promise<MessageTemplate | null>;
  /** False if the name is taken. */
  create(access: AccountAccess, order: TemplateOrder): Promise<boolean>;
  /** A changed text is reviewed again. */
  edit(access: AccountAccess, name: string, change: TemplateChange): Promise<TemplateVerdict>;
  /** Submits a refused template for review again. */
  resubmit(
    access: AccountAccess,
    name: string,
    change: Required<Pick<MessageTemplate, 'message' | 'description'>>,
  ): Promise<TemplateVerdict>;
  /** False for an unknown name. */
  remove(access: AccountAccess, name: string): Promise<boolean>;
}

export interface TemplateNeeds {
  readonly review: ReviewPolicy;
}

export function createTemplates(context: Needs, { review }: TemplateNeeds): Templates {
  const { database, clock } = context;
  const { query } = database;

  function recordOf(access: AccountAccess, action: string): RecordChange {
    return (inside, target) => auditChange(inside, access, { action, target }, clock.now());
  }

  return {
    list: async (access) => listTemplateNames(query, authorize(access, 'templates.read')),
    read: async (access, name) => findTemplate(query, authorize(access, 'templates.read'), name),
    create: async (access, order) =>
      createTemplate(
        context,
        authorize(access, 'templates.write'),
        order,
        review,
        recordOf(access, 'template.created'),
      ),
    edit: async (access, name, change) =>
      editTemplate(
        context,
        authorize(access, 'templates.write'),
        name,
        change,
        review,
        recordOf(access, 'template.changed'),
      ),
    resubmit: async (access, name, change) =>
      relaunchTemplate(
        context,
        authorize(access, 'templates.write'),
        name,
        change,
        review,
        recordOf(access, 'template.resubmitted'),
      ),
    async remove(access, name) {
      const account = authorize(access, 'templates.write');
      return database.transaction(async (inside) => {
        if (!(await deleteTemplate(inside, account, name))) return false;
        await recordOf(access, 'template.removed')(inside, name);
        return true;
      });
    },
  };
}

/** Records the change of a template in its transaction. */
type RecordChange = (query: Query, name: string) => Promise<void>;

const unrecorded: RecordChange = async () => {};

const firstStatus = (review: ReviewPolicy): ReviewStatus => (review === 'automatic' ? 'enabled' : 'waiting');

/** False if the name is taken. */
export function createTemplate(
  { database, clock }: Needs,
  account: Account,
  order: TemplateOrder,
  review: ReviewPolicy,
  record = unrecorded,
): Promise<boolean> {
  const template = { ...order, status: firstStatus(review) };
  return database.transaction(async (query) => {
    if (!(await insertTemplate(query, account, template, clock.now()))) return false;
    await record(query, order.name);
    return true;
  });
}

/** An absent field is not changed. */
export interface TemplateChange {
  readonly name?: string | undefined;
  readonly activity?: TemplateActivity | undefined;
  readonly message?: string | undefined;
  readonly description?: string | undefined;
  /** Disables it, or enables it again. */
  readonly status?: ReviewStatus | undefined;
}

export type TemplateVerdict = 'done' | 'unknown' | 'not-allowed' | 'name-taken';

export function editTemplate(
  { database, clock }: Needs,
  account: Account,
  name: string,
  change: TemplateChange,
  review: ReviewPolicy,
  record = unrecorded,
): Promise<TemplateVerdict> {
  return database.transaction(async (query) => {
    const before = await lockTemplate(query, account, name);
    if (before === null) return 'unknown';
    const status = statusAfter(before, change, review);
    if (status === null) return 'not-allowed';
    const after = { ...before, ...named(change), status, changedAtMs: clock.now() };
    if (!(await replaceTemplate(query, account, name, after))) return 'name-taken';
    await record(query, name);
    return 'done';
  });
}

/** Submits a refused template with another text for review. */
export function relaunchTemplate(
  { database, clock }: Needs,
  account: Account,
  name: string,
  change: Required<Pick<MessageTemplate, 'message' | 'description'>>,
  review: ReviewPolicy,
  record = unrecorded,
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
    if (!(await replaceTemplate(query, account, name, after))) return 'unknown';
    await record(query, name);
    return 'done';
  });
}

/** Null if the customer cannot set this status. */
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
