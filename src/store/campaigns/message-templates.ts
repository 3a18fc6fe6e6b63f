// The templates of accounts, and what the operator said of them.

import type { ReviewStatus } from '#domain/account/sender.ts';
import type { MessageTemplate } from '#domain/campaign/message-template.ts';
import type { Query } from '#store/database/database.ts';

export interface TemplateOwner {
  readonly bucket: number;
  readonly id: number;
}

const columns = `t.name, t.activity, t.message, t.description, t.status, t.comment, t.changed_at as "changedAtMs"`;

export type NewTemplate = Omit<MessageTemplate, 'changedAtMs' | 'comment'> & { readonly reason: string };

/** False when there is one of this name. */
export async function insertTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  { name, activity, message, description, reason, status }: NewTemplate,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `insert into message_templates (bucket, account_id, name, activity, message, description, reason, status, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::float8 / 1000)) on conflict do nothing returning 1`,
    [bucket, id, name, activity, message, description, reason, status, nowMs],
  );
  return rows.length > 0;
}

export async function listTemplateNames(query: Query, { bucket, id }: TemplateOwner): Promise<string[]> {
  const rows = await query<{ name: string }>(
    'select name from message_templates where bucket = $1 and account_id = $2 order by name',
    [bucket, id],
  );
  return rows.map((row) => row.name);
}

export async function findTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  name: string,
): Promise<MessageTemplate | null> {
  const [row] = await query<MessageTemplate>(
    `select ${columns} from message_templates t where t.bucket = $1 and t.account_id = $2 and t.name = $3`,
    [bucket, id, name],
  );
  return row ?? null;
}

/** Inside a transaction: nobody else changes it before its end. */
export async function lockTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  name: string,
): Promise<MessageTemplate | null> {
  const [row] = await query<MessageTemplate>(
    `select ${columns} from message_templates t where t.bucket = $1 and t.account_id = $2 and t.name = $3 for update`,
    [bucket, id, name],
  );
  return row ?? null;
}

/** Puts `template` in the place of the one of this name; false when its new name is taken. */
export async function replaceTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  name: string,
  template: MessageTemplate,
): Promise<boolean> {
  const { activity, message, description, status, comment, changedAtMs } = template;
  const rows = await query(
    `update message_templates t set name = $4, activity = $5, message = $6, description = $7, status = $8, comment = $9,
       changed_at = to_timestamp($10::float8 / 1000)
     where bucket = $1 and account_id = $2 and name = $3 and ($4 = $3 or not exists (
       select from message_templates o where o.bucket = $1 and o.account_id = $2 and o.name = $4))
     returning 1`,
    [bucket, id, name, template.name, activity, message, description, status, comment, changedAtMs],
  );
  return rows.length > 0;
}

/** False when there is none. */
export async function deleteTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  name: string,
): Promise<boolean> {
  const rows = await query(
    'delete from message_templates where bucket = $1 and account_id = $2 and name = $3 returning 1',
    [bucket, id, name],
  );
  return rows.length > 0;
}

export interface TemplateOfAccount extends MessageTemplate {
  readonly serviceName: string;
  readonly reason: string;
}

/** Of all accounts, for the operator: those that wait, or all of them. */
export function listAllTemplates(query: Query, onlyWaiting: boolean): Promise<TemplateOfAccount[]> {
  return query<TemplateOfAccount>(
    `select ${columns}, a.service_name as "serviceName", t.reason
     from message_templates t join accounts a on a.bucket = t.bucket and a.id = t.account_id
     where t.status = 'waiting' or not $1 order by t.changed_at, t.name`,
    [onlyWaiting],
  );
}

/** The operator's decision; false when there is no such template. */
export async function decideTemplate(
  query: Query,
  { bucket, id }: TemplateOwner,
  name: string,
  decision: { readonly status: ReviewStatus; readonly comment: string },
): Promise<boolean> {
  const rows = await query(
    `update message_templates set status = $4, comment = $5
     where bucket = $1 and account_id = $2 and name = $3 returning 1`,
    [bucket, id, name, decision.status, decision.comment],
  );
  return rows.length > 0;
}
