// Message templates of accounts and their reviews. Used by the templates service and by the review of the operator.
import type { AccountKey } from '#domain/account/account.ts';
import type { ReviewStatus } from '#domain/account/sender.ts';
import type { MessageTemplate } from '#domain/campaign/message-template.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export type NewTemplate = Omit<MessageTemplate, 'changedAtMs' | 'comment'> & { readonly reason: string };

export interface TemplateOfAccount extends MessageTemplate {
  readonly serviceName: string;
  readonly reason: string;
}

const templateParams = { ...accountParams, name: text };
type TemplateMentions = Readonly<Record<keyof typeof templateParams, string>>;
const isTemplate = (p: TemplateMentions) =>
  `t.bucket = ${p.bucket} and t.account_id = ${p.accountId} and t.name = ${p.name}`;

const templateRow = {
  name: text,
  activity: word<MessageTemplate['activity']>(),
  message: text,
  description: text,
  status: word<ReviewStatus>(),
  comment: text,
  changedAtMs: instant,
};
const columns = `t.name, t.activity, t.message, t.description, t.status, t.comment, t.changed_at as "changedAtMs"`;

const insert = statement('insert_template', {
  params: {
    ...templateParams,
    activity: word<MessageTemplate['activity']>(),
    message: text,
    description: text,
    reason: text,
    status: word<ReviewStatus>(),
    now: instant,
  },
  row: { name: text },
  text: (p) => `
insert into message_templates (bucket, account_id, name, activity, message, description, reason, status, changed_at)
values (${p.bucket}, ${p.accountId}, ${p.name}, ${p.activity}, ${p.message}, ${p.description}, ${p.reason}, ${p.status},
  ${p.now})
on conflict do nothing returning name`,
});

/** False if there is a template of this name. */
export async function insertTemplate(
  query: Query,
  account: AccountKey,
  template: NewTemplate,
  nowMs: number,
): Promise<boolean> {
  return (await insert.find(query, { ...valuesOf(account), ...template, now: nowMs })) !== null;
}

const listNames = statement('list_template_names', {
  params: accountParams,
  row: { name: text },
  text: (p) => `
select name from message_templates where bucket = ${p.bucket} and account_id = ${p.accountId} order by name`,
});

export async function listTemplateNames(query: Query, account: AccountKey): Promise<string[]> {
  return (await listNames.run(query, valuesOf(account))).map(({ name }) => name);
}

const find = statement('find_template', {
  params: templateParams,
  row: templateRow,
  text: (p) => `select ${columns} from message_templates t where ${isTemplate(p)}`,
});

export function findTemplate(
  query: Query,
  account: AccountKey,
  name: string,
): Promise<MessageTemplate | null> {
  return find.find(query, { ...valuesOf(account), name });
}

const lock = statement('lock_template', {
  params: templateParams,
  row: templateRow,
  text: (p) => `select ${columns} from message_templates t where ${isTemplate(p)} for update`,
});

/** Locked until the end of the transaction. */
export function lockTemplate(
  query: Query,
  account: AccountKey,
  name: string,
): Promise<MessageTemplate | null> {
  return lock.find(query, { ...valuesOf(account), name });
}

const replace = statement('replace_template', {
  params: {
    ...templateParams,
    newName: text,
    activity: word<MessageTemplate['activity']>(),
    message: text,
    description: text,
    status: word<ReviewStatus>(),
    comment: text,
    changedAtMs: instant,
  },
  row: { name: text },
  text: (p) => `
update message_templates t set name = ${p.newName}, activity = ${p.activity}, message = ${p.message},
  description = ${p.description}, status = ${p.status}, comment = ${p.comment}, changed_at = ${p.changedAtMs}
where ${isTemplate(p)} and (${p.newName} = ${p.name} or not exists (
  select 1 from message_templates o
  where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.name = ${p.newName}))
returning name`,
});

/** Replaces the template of this name. False if its new name is taken. */
export async function replaceTemplate(
  query: Query,
  account: AccountKey,
  name: string,
  { name: newName, activity, message, description, status, comment, changedAtMs }: MessageTemplate,
): Promise<boolean> {
  const template = { newName, activity, message, description, status, comment, changedAtMs };
  return (await replace.find(query, { ...valuesOf(account), name, ...template })) !== null;
}

const remove = statement('delete_template', {
  params: templateParams,
  row: { name: text },
  text: (p) => `delete from message_templates t where ${isTemplate(p)} returning name`,
});

/** False if there is no such template. */
export async function deleteTemplate(query: Query, account: AccountKey, name: string): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), name })) !== null;
}

const listAll = statement('list_all_templates', {
  params: { onlyWaiting: boolean },
  row: { ...templateRow, serviceName: text, reason: text },
  // Over all buckets: the operator's list.
  text: (p) => `
select ${columns}, a.service_name as "serviceName", t.reason
from message_templates t join accounts a on a.id = t.account_id
where t.status = 'waiting' or not ${p.onlyWaiting} order by t.changed_at, t.name`,
});

/** Templates of all accounts, or only those that wait for a decision. */
export function listAllTemplates(query: Query, onlyWaiting: boolean): Promise<TemplateOfAccount[]> {
  return listAll.run(query, { onlyWaiting });
}

const decide = statement('decide_template', {
  params: { ...templateParams, status: word<ReviewStatus>(), comment: text },
  row: { name: text },
  text: (p) => `
update message_templates t set status = ${p.status}, comment = ${p.comment} where ${isTemplate(p)} returning name`,
});

/** Stores the decision of the operator. False if there is no such template. */
export async function decideTemplate(
  query: Query,
  account: AccountKey,
  name: string,
  decision: { readonly status: ReviewStatus; readonly comment: string },
): Promise<boolean> {
  return (await decide.find(query, { ...valuesOf(account), name, ...decision })) !== null;
}
