// The templates of an account: created, changed, submitted for review again. With reviews, a changed text of an approved
// template waits for the operator again.
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

type Needs = Pick<Context, 'database' | 'clock'>;

interface TemplateOrder {
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
  const reviewed = { database, clock, review };
  return {
    list: async (access) => listTemplateNames(database.query, authorize(access, 'templates.read')),
    read: async (access, name) => findTemplate(database.query, authorize(access, 'templates.read'), name),
    create: (access, order) => createTemplate(reviewed, access, order),
    edit: (access, name, change) => editTemplate(reviewed, access, name, change),
    resubmit: (access, name, change) => resubmitTemplate(reviewed, access, name, change),
    async remove(access, name) {
      const account = authorize(access, 'templates.write');
      return database.transaction(async (query) => {
        if (!(await deleteTemplate(query, account, name))) return false;
        await auditChange(query, access, { action: 'template.removed', target: name }, clock.now());
        return true;
      });
    },
  };
}

const firstStatus = (review: ReviewPolicy): ReviewStatus => (review === 'automatic' ? 'enabled' : 'waiting');

async function createTemplate(
  { database, clock, review }: Needs & TemplateNeeds,
  access: AccountAccess,
  order: TemplateOrder,
): Promise<boolean> {
  const account = authorize(access, 'templates.write');
  const template = { ...order, status: firstStatus(review) };
  return database.transaction(async (query) => {
    if (!(await insertTemplate(query, account, template, clock.now()))) return false;
    await auditChange(query, access, { action: 'template.created', target: order.name }, clock.now());
    return true;
  });
}

/** An absent field is not changed. */
interface TemplateChange {
  readonly name?: string | undefined;
  readonly activity?: TemplateActivity | undefined;
  readonly message?: string | undefined;
  readonly description?: string | undefined;
  /** Disables it, or enables it again. */
  readonly status?: ReviewStatus | undefined;
}

type TemplateVerdict = 'done' | 'unknown' | 'not-allowed' | 'name-taken';

async function editTemplate(
  { database, clock, review }: Needs & TemplateNeeds,
  access: AccountAccess,
  name: string,
  change: TemplateChange,
): Promise<TemplateVerdict> {
  const account = authorize(access, 'templates.write');
  return database.transaction(async (query) => {
    const before = await lockTemplate(query, account, name);
    if (before === null) return 'unknown';
    const status = statusAfter(before, change, review);
    if (status === null) return 'not-allowed';
    const after = { ...before, ...named(change), status, changedAtMs: clock.now() };
    if (!(await replaceTemplate(query, account, name, after))) return 'name-taken';
    await auditChange(query, access, { action: 'template.changed', target: name }, clock.now());
    return 'done';
  });
}

/** With another text. */
async function resubmitTemplate(
  { database, clock, review }: Needs & TemplateNeeds,
  access: AccountAccess,
  name: string,
  change: Required<Pick<MessageTemplate, 'message' | 'description'>>,
): Promise<TemplateVerdict> {
  const account = authorize(access, 'templates.write');
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
    await auditChange(query, access, { action: 'template.resubmitted', target: name }, clock.now());
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
